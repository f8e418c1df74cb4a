from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ProductNotFound(DomainError):
    code = "product_not_found"
    message = _("This product does not exist or is no longer sold.")
    status = 404


class ProductInvalid(DomainError):
    code = "product_invalid"
    message = _("This product is not complete.")
    status = 422


class TitleMissing(ProductInvalid):
    code = "title_missing"
    message = _("A title of 1 to 200 characters is needed.")


class VariantsMissing(ProductInvalid):
    code = "variants_missing"
    message = _("At least one variant on sale is needed.")


class VariantsUnclear(ProductInvalid):
    code = "variants_unclear"
    message = _("Each variant needs its own combination of the options, with one value for each.")


class PriceInvalid(ProductInvalid):
    code = "price_invalid"
    message = _("The price of %(sku)s must be above zero, and a compare-at price above the price.")


class CurrenciesMixed(ProductInvalid):
    code = "currencies_mixed"
    message = _("All variants of a product need the same currency.")


class SkuTaken(DomainError):
    code = "sku_taken"
    message = _("Another variant of this shop has one of these SKUs already.")


class SlugTaken(DomainError):
    code = "slug_taken"
    message = _("This address belongs, or belonged, to something else.")


class SlugInvalid(DomainError):
    code = "slug_invalid"
    message = _("An address needs letters or digits of the Latin alphabet, at most 100.")
    status = 422


class InvalidPicture(DomainError):
    code = "picture_invalid"
    message = _("This file is not a picture we can use. JPEG, PNG, WebP, AVIF or GIF, at most 40 megapixels and 20 MB.")
    status = 422


class ReviewInvalid(DomainError):
    code = "review_invalid"
    message = _("A review needs 1 to 5 stars and at most 4,000 characters.")
    status = 422


class AlreadyReviewed(DomainError):
    code = "already_reviewed"
    message = _("You have reviewed this purchase already.")


class PictureNotFound(DomainError):
    code = "picture_not_found"
    message = _("This picture does not exist.")
    status = 404


class CurrencyNotSold(ProductInvalid):
    code = "currency_not_sold"
    message = _("There is no separate price in %(currency)s: it is the product's own currency, or the shop does not sell in it.")


class PriceNotChargeable(ProductInvalid):
    code = "price_not_chargeable"
    message = _("Cards are charged in steps of %(example)s in %(currency)s: round the price to that.")


class AttributeInvalid(ProductInvalid):
    code = "attribute_invalid"
    message = _("“%(value)s” is no value of “%(name)s”.")


class AttributeMissing(ProductInvalid):
    code = "attribute_missing"
    message = _("“%(name)s” is needed for goods of this kind.")


class WishListNotFound(DomainError):
    code = "wish_list_not_found"
    message = _("This wish list does not exist, or its owner no longer shares it.")
    status = 404


class WishNotFound(DomainError):
    code = "wish_not_found"
    message = _("This is no longer on your wish list.")
    status = 404


class WishListFull(DomainError):
    code = "wish_list_full"
    message = _("A wish list holds at most %(most)s items. Please take something out first.")


class TooManyWishLists(DomainError):
    code = "too_many_wish_lists"
    message = _("You can keep at most %(most)s wish lists.")


class WishListNameMissing(DomainError):
    code = "wish_list_name_missing"
    message = _("Give the list a name of 1 to 60 characters.")
    status = 422


class WishListNeeded(DomainError):
    code = "wish_list_needed"
    message = _("Your first wish list stays; take out what you no longer want.")


class AlertAddressMissing(DomainError):
    code = "alert_address_missing"
    message = _("Which e-mail address shall we write to?")
    status = 422


class TooManyAlerts(DomainError):
    code = "too_many_alerts"
    message = _("You wait for many things already. Please try again tomorrow.")
    status = 429


class AlertNotFound(DomainError):
    code = "alert_not_found"
    message = _("This notice was sent or switched off already.")
    status = 404


class OptionUnknown(ProductInvalid):
    code = "option_unknown"
    message = _("The product has no such option value any more.")


class CompareFull(DomainError):
    code = "compare_full"
    message = _("You can compare %(most)s products at once. Please remove one first.")


class CompareUnclear(DomainError):
    code = "compare_unclear"
    message = _("This address names no products that could be compared.")
    status = 400


class ShopNotFound(DomainError):
    code = "shop_not_found"
    message = _("This shop does not exist or is closed.")
    status = 404


class BrandNotFound(DomainError):
    code = "brand_not_found"
    message = _("This brand does not exist.")
    status = 404


class ReviewNotFound(DomainError):
    code = "review_not_found"
    message = _("This review does not exist or is no longer shown.")
    status = 404


class ReviewClosed(DomainError):
    code = "review_closed"
    message = _("The time to change this review is over.")


class ReviewIsHidden(DomainError):
    code = "review_hidden"
    message = _("The marketplace has hidden this review. You can only delete it.")


class AlreadyAdded(DomainError):
    code = "already_added"
    message = _("You have added something to this review already.")


class TooManyReviewPhotos(DomainError):
    code = "too_many_photos"
    message = _("At most %(most)s photos can be added.")
    status = 422


class OwnVote(DomainError):
    code = "own_vote"
    message = _("You cannot vote for what you wrote yourself.")


class OwnReport(DomainError):
    code = "own_report"
    message = _("You cannot report what you wrote yourself. You can delete it.")


class AlreadyReported(DomainError):
    code = "already_reported"
    message = _("You have reported this already. We are looking at it.")


class SubjectNotFound(DomainError):
    code = "subject_not_found"
    message = _("What you want to report is no longer there.")
    status = 404


class ReplyInvalid(DomainError):
    code = "reply_invalid"
    message = _("A reply needs 1 to 1,000 characters, without links and contact details.")
    status = 422


class QuestionNotFound(DomainError):
    code = "question_not_found"
    message = _("This question does not exist or is no longer shown.")
    status = 404


class QuestionInvalid(DomainError):
    code = "question_invalid"
    message = _("A question needs 4 to 300 characters.")
    status = 422


class TooManyQuestions(DomainError):
    code = "too_many_questions"
    message = _("You have asked a lot today. Please go on tomorrow.")
    status = 429


class AnswerInvalid(DomainError):
    code = "answer_invalid"
    message = _("An answer needs 1 to 1,000 characters; the shop's may hold no links and contact details.")
    status = 422


class AlreadyAnswered(DomainError):
    code = "already_answered"
    message = _("You have answered this question already.")


class LastPicture(DomainError):
    code = "last_picture"
    message = _("Goods on sale need a picture. Add another one, and then take this one off.")


class ApprovalNeeded(DomainError):
    code = "approval_needed"
    message = _("The marketplace looks at this shop's goods before they change. Send it in, or take the product back to draft first.")


class NothingToApprove(DomainError):
    code = "nothing_to_approve"
    message = _("This product does not wait for approval.")


class ProposalNotFound(DomainError):
    code = "proposal_not_found"
    message = _("This proposed change does not exist.")
    status = 404


class ProposalStale(DomainError):
    code = "proposal_stale"
    message = _("The product has changed since this was proposed. Reject it, so that the shop can propose it anew.")


class ScheduleInvalid(ProductInvalid):
    code = "schedule_invalid"
    message = _("A product goes on sale in the future, and off sale after that. What is on sale already only needs an end.")


class TiersInvalid(ProductInvalid):
    code = "tiers_invalid"
    message = _("The price tiers of %(sku)s must start at more than one piece and get cheaper from one to the next; at most ten.")


class QuantitiesInvalid(ProductInvalid):
    code = "quantities_invalid"
    message = _("The least quantity of %(sku)s must be a multiple of what it is sold in, from 1 to %(most)s.")


class DefectsTooLong(ProductInvalid):
    code = "defects_too_long"
    message = _("At most %(most)s characters about defects, please.")


class HandlingDaysInvalid(ProductInvalid):
    code = "handling_days_invalid"
    message = _("From 0 to %(most)s handling days, please.")


class NotDigital(DomainError):
    code = "not_digital"
    message = _("Only digital products have files.")


class DownloadFileRefused(DomainError):
    code = "download_file_refused"
    message = _("This kind of file is not taken, or its content is another than its name says. Taken are: %(kinds)s.")
    status = 422


class DownloadFileTooLarge(DomainError):
    code = "download_file_too_large"
    message = _("The file is empty or larger than %(most)s MB.")
    status = 413


class DownloadFilesTooMany(DomainError):
    code = "download_files_too_many"
    message = _("A product has at most %(most)s files.")


class DownloadTermsInvalid(DomainError):
    code = "download_terms_invalid"
    message = _("Downloads go from 1 to 1000, days of access from 1 to 3650.")
    status = 422


class DownloadLabelMissing(DomainError):
    code = "download_label_missing"
    message = _("Each file needs a label of 1 to 80 characters, and a version of at most 30.")
    status = 422


class DownloadFileNotFound(DomainError):
    code = "download_file_not_found"
    message = _("There is no such file.")
    status = 404


class PersonalisationInvalid(DomainError):
    code = "personalisation_invalid"
    message = _("At most %(most)s texts can be asked for, each with a label of 1 to 60 characters and 1 to 200 characters for the answer.")
    status = 422


class NotMadeToOrder(DomainError):
    code = "not_made_to_order"
    message = _("A digital product is not made to order and asks for no texts.")
    status = 422


class PersonalTextInvalid(DomainError):
    """`params["key"]` is the field that is wrong."""

    code = "personal_text_invalid"
    message = _("Please check “%(label)s”.")
    status = 422


class AnswerMissing(PersonalTextInvalid):
    code = "answer_missing"
    message = _("Please fill in “%(label)s”.")


class AnswerTooLong(PersonalTextInvalid):
    code = "answer_too_long"
    message = _("“%(label)s” can have at most %(most)s characters.")


class AnswerUnreadable(PersonalTextInvalid):
    code = "answer_unreadable"
    message = _("“%(label)s” has to be one line without control characters.")


class BundleInvalid(ProductInvalid):
    code = "bundle_invalid"
    message = _("A set needs at least two pieces, of at most %(most)s different variants, each named once.")


class BundleQuantityInvalid(BundleInvalid):
    code = "bundle_quantity_invalid"
    message = _("From 1 to %(most)s pieces of each part of a set, please.")


class BundlePartUnknown(BundleInvalid):
    code = "bundle_part_unknown"
    message = _("Only variants of this shop can be part of a set.")


class BundleNested(BundleInvalid):
    code = "bundle_nested"
    message = _("A set cannot be part of another set, or of itself: %(sku)s.")


class BundleCurrenciesMixed(BundleInvalid):
    code = "bundle_currencies_mixed"
    message = _("All parts of a set need the currency of the set.")


class BundleNotCheaper(BundleInvalid):
    code = "bundle_not_cheaper"
    message = _("A set must cost less than its parts one by one; those cost %(apart)s.")


class BundlePartUnsuited(BundleInvalid):
    code = "bundle_part_unsuited"
    message = _("Downloads, and goods that ask the buyer for texts, are neither sets nor part of one: %(sku)s.")
