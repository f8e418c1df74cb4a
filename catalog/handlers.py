import uuid

from catalog.events import PictureAdded, PictureRemoved, ReviewPhotosChanged
from catalog.services.cards import follow_merchant
from catalog.services.pictures import remove_files
from catalog.tasks import render_picture, settle_review_photo
from core.outbox import handles
from merchants.events import MerchantChanged


@handles(MerchantChanged)
def update_cards_of_merchant(event: MerchantChanged) -> None:
    """Cards show a merchant's name and vanish with its suspension; those of a large shop batch after batch, by a worker."""
    follow_merchant(uuid.UUID(event.merchant_id))


@handles(PictureAdded)
def have_picture_rendered(event: PictureAdded) -> None:
    """Rendering takes seconds of CPU, too long for the relay; a broker that is away makes the relay try again."""
    render_picture.apply_async((event.picture_id,), retry=False, ignore_result=True)


@handles(PictureRemoved)
def take_files_away(event: PictureRemoved) -> None:
    """A few small files, deleted on the spot; a disk that refuses makes the relay try again."""
    remove_files(event.prefix)


@handles(ReviewPhotosChanged)
def have_review_photos_settled(event: ReviewPhotosChanged) -> None:
    """As for pictures of products: by a worker."""
    for photo_id in event.photo_ids:
        settle_review_photo.apply_async((photo_id,), retry=False, ignore_result=True)
