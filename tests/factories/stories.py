"""What may become known of the money of one order, and where it has to end, told in any order."""

from dataclasses import dataclass

from hypothesis import strategies as st

from lms.payments.domain.orders import DisputeState, OrderState, RefundState
from lms.payments.domain.provider import PageState, Seen
from tests.factories.orders import PRICE, Buying

# What is told of a page that was paid at once, and of one whose bank took its time.
_AT_ONCE, _LATER = (PageState.PAID,), (PageState.AWAITING, PageState.PAID)
_NEVER = ((PageState.AWAITING, PageState.FAILED), (PageState.EXPIRED,), (PageState.AWAITING,), ())
_ENDINGS = (PageState.FAILED, PageState.EXPIRED)
_ARRIVED = (RefundState.PENDING, RefundState.SUCCEEDED)
_AFTER_ALL = (RefundState.SUCCEEDED, RefundState.FAILED)
_REFUNDS = (*((each,) for each in RefundState if each is not RefundState.ASKED), _ARRIVED)
_DISPUTES = tuple((DisputeState.OPEN, each) for each in (DisputeState.WON, DisputeState.LOST))


@dataclass(frozen=True)
class Return:
    """A refund by the provider's name: how much, and each state that is told of it."""

    ref: str
    fen: int
    states: tuple[RefundState, ...]

    @property
    def end(self) -> RefundState:
        """Return where it stands in the end: nothing is told after that it failed."""
        return max(self.states, key=list(RefundState).index)


@dataclass(frozen=True)
class Story:
    """All that is told of an order, each thing once; ``pages`` end in PAID where money came."""

    pages: tuple[PageState, ...]
    refunds: tuple[Return, ...] = ()
    dispute: tuple[DisputeState, ...] = ()

    @property
    def is_paid(self) -> bool:
        return PageState.PAID in self.pages

    @property
    def is_steady(self) -> bool:
        """Tell whether no refund failed after it had arrived: nothing is done and undone."""
        return all(each.states != _AFTER_ALL for each in self.refunds)

    @property
    def arrived(self) -> int:
        """Return how many refunds arrived in the end and disputes were lost."""
        kept = [each for each in self.refunds if each.end is RefundState.SUCCEEDED]
        return len(kept) + (DisputeState.LOST in self.dispute)

    @property
    def returned_fen(self) -> int:
        kept = [each.fen for each in self.refunds if each.end is RefundState.SUCCEEDED]
        return sum(kept) + PRICE * (DisputeState.LOST in self.dispute)

    @property
    def keeps_seat(self) -> bool:
        return self.is_paid and self.returned_fen < PRICE

    @property
    def state(self) -> OrderState:
        """Return where the order ends, as docs/orders.md says it."""
        if not self.is_paid:
            ended = [each for each in self.pages if each in _ENDINGS]
            if not ended:
                return OrderState.OPEN
            is_late = ended[0] is PageState.EXPIRED
            return OrderState.EXPIRED if is_late else OrderState.CANCELLED
        if self.dispute == (DisputeState.OPEN,):
            return OrderState.DISPUTED
        if not self.returned_fen:
            return OrderState.PAID
        return OrderState.PART_REFUNDED if self.keeps_seat else OrderState.REFUNDED

    def things(self, at: Buying) -> list[Seen]:
        """Return what the provider tells, in the order in which it happened."""
        told: list[Seen] = [at.page(each) for each in self.pages]
        told += [at.refund(one.fen, each, one.ref) for one in self.refunds for each in one.states]
        return told + [at.dispute(each) for each in self.dispute]


def _pages() -> st.SearchStrategy[tuple[PageState, ...]]:
    """Return pages that were not paid, or were: maybe after an earlier word that they were not."""
    before = st.sampled_from(((), *((each,) for each in _ENDINGS), _ENDINGS))
    paid = st.builds(lambda ended, came: ended + came, before, st.sampled_from((_AT_ONCE, _LATER)))
    return st.one_of(paid, paid, st.sampled_from(_NEVER))


def _refunds() -> st.SearchStrategy[tuple[Return, ...]]:
    states = st.sampled_from((*_REFUNDS, _AFTER_ALL))
    one = st.tuples(st.sampled_from((1, 900, PRICE - 900, PRICE)), states)
    return st.lists(one, max_size=3).map(
        lambda drawn: tuple(Return(f"re_{at}", *each) for at, each in enumerate(drawn))
    )


def stories() -> st.SearchStrategy[Story]:
    """Draw all that may be told of an order; money goes back only where some came."""
    dispute = st.sampled_from(((), (DisputeState.OPEN,), *_DISPUTES))
    drawn = st.builds(Story, _pages(), _refunds(), dispute)
    return drawn.map(lambda story: story if story.is_paid else Story(story.pages))


@st.composite
def tellings(draw: st.DrawFn) -> tuple[Story, list[int]]:
    """Draw a story and an order in which its things are told, some of them more than once."""
    story = draw(stories())
    sizes = (story.pages, story.dispute, *(each.states for each in story.refunds))
    every = list(range(sum(map(len, sizes))))
    again = draw(st.lists(st.sampled_from(every), max_size=4)) if every else []
    return story, draw(st.permutations(every + again))
