"""Refusals about reviews, votes and reports."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ReviewInvalid(DomainError):
    code = "review_invalid"
    message = _("A review needs 1 to 5 stars and at most 4,000 characters.")
    status = 422


class AlreadyReviewed(DomainError):
    code = "already_reviewed"
    message = _("You have reviewed this purchase already.")


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
