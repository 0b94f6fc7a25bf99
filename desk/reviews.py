"""What the assistant did not know: messages that wait for a person's word, and what persons said of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, desc, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from desk.database import Database
from desk.errors import AlreadyReviewed, InvalidReview, UnknownInteraction
from desk.records import Clock, Interaction, Review

UNKNOWN = ("clarify", "out_of_scope", "other_language")  # the outcomes that somebody should look at
ENTRY, THEME, NEW_THEME, NEW_ENTRY, DISCARD = "entry", "theme", "new_theme", "new_entry", "discard"
VERDICTS = (ENTRY, THEME, NEW_THEME, NEW_ENTRY, DISCARD)


class Reviews:
    """The reviews of one database; part of `Desk`."""

    _database: Database
    _clock: Clock

    def misjudged(self, interaction_id: int, by: str) -> None:
        """Keep that an agent says that the assistant understood this wrong: it waits for a review, also once more.

        Raises:
            UnknownInteraction: there is no such interaction.
            DeskUnavailable: nothing was recorded.
        """
        with self._database.writing() as session:
            if session.get(Interaction, interaction_id) is None:
                raise UnknownInteraction(f"expected the number of an interaction, got {interaction_id}")
            flag(session, interaction_id, by)

    def unknown(self, most: int = 500) -> list[Interaction]:
        """The latest messages that wait for a review: refused, asked back, thumbed down, or corrected by an agent.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        columns, review = Interaction.__table__.c, Review.__table__.c
        doubtful = or_(columns.outcome.in_(UNKNOWN), columns.helpful.is_(False), review.flagged_by.is_not(None))
        waiting = and_(doubtful, review.verdict.is_(None))
        found = select(Interaction).outerjoin(Review, review.interaction_id == columns.id).where(waiting)
        with self._database.reading() as session:
            return list(session.scalars(found.order_by(desc(columns.id)).limit(most)))

    def review(self, interaction_ids: Sequence[int], verdict: str, by: str, label: str | None = None) -> None:
        """Keep what a person says of messages that waited, of all of them or of none.

        Args:
            interaction_ids: those that `unknown` gave.
            verdict: `entry`, `theme`, `new_theme`, `new_entry` or `discard`.
            by: who says so.
            label: the entry's number, the theme's name, or a working title.

        Raises:
            InvalidReview: there is nothing to review, the verdict is none of these, or it needs a label.
            AlreadyReviewed: another person was quicker with one of them; the message says who.
            UnknownInteraction: one of them does not exist, or was erased.
            DeskUnavailable: nothing was recorded.
        """
        if verdict not in VERDICTS or not interaction_ids or (verdict != DISCARD and not (label or "").strip()):
            raise InvalidReview(f"expected messages, one of {', '.join(VERDICTS)}, and for all but discard a label")
        try:
            with self._database.writing() as session:
                for id_ in interaction_ids:
                    self._review(session, id_, verdict, by, label)
        except IntegrityError as error:  # two pressed at once on a message without a review
            raise AlreadyReviewed("expected messages that wait, got one that another person has just reviewed") from error

    def proposals(self, since: datetime | None = None) -> list[tuple[Interaction, Review]]:
        """What persons accepted, oldest first: each message with its review.

        Raises:
            DeskUnavailable: the database cannot be read.
        """
        review = Review.__table__.c
        accepted = and_(review.verdict.is_not(None), review.verdict != DISCARD)
        found = select(Interaction, Review).join(Review, review.interaction_id == Interaction.id).where(accepted)
        if since is not None:
            found = found.where(review.reviewed_at >= since)
        with self._database.reading() as session:
            return [(interaction, kept) for interaction, kept in session.execute(found.order_by(review.id))]

    def _review(self, session: Session, id_: int, verdict: str, by: str, label: str | None) -> None:
        if session.get(Interaction, id_) is None:
            raise UnknownInteraction(f"expected the number of an interaction, got {id_}")
        review = session.scalars(_of(id_).with_for_update()).one_or_none() or Review(interaction_id=id_)
        if review.verdict is not None:
            raise AlreadyReviewed(f"expected messages that wait, got one that {review.reviewed_by} has reviewed")
        review.verdict, review.label, review.reviewed_by = verdict, label and label.strip(), by
        review.reviewed_at = self._clock()
        session.add(review)


def flag(session: Session, interaction_id: int, by: str) -> None:
    """Have an interaction wait for a review, also once more: `by` says that it was understood wrong."""
    review = session.scalars(_of(interaction_id)).one_or_none() or Review(interaction_id=interaction_id)
    review.flagged_by = by
    review.verdict = review.label = review.reviewed_by = review.reviewed_at = None
    session.add(review)


def _of(interaction_id: int) -> Any:
    return select(Review).where(Review.interaction_id == interaction_id)
