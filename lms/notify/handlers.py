"""Sends what stands in the outbox; runs in the worker."""

from lms.core.errors import GatewayError
from lms.db.session import now
from lms.jobs.tasks import JobContext, JobWaits
from lms.notify import service
from lms.notify.domain.hours import is_too_late, may_go_at
from lms.notify.gateway import sms_gateway
from lms.notify.models import SmsMessage, SmsState


def send_message(context: JobContext) -> None:
    """Hand one message to the gateway; its id is the key by which a repetition is recognised.

    One that comes to its turn at night, say because the service was down, waits for the morning.
    """
    message_id = str(context.args["message"])
    in_development = not context.settings.production
    with context.database.transaction() as session:
        message = session.get_one(SmsMessage, message_id)
        at = now(session)
        if message.state != SmsState.WAITING:
            return
        morning = may_go_at(message.template, at)
        if morning > at:
            raise JobWaits(morning)
        service.forget_old(session, at=at)
        if not in_development:
            service.clear_stale(session, at=at)
        if is_too_late(message.template, written_at=message.created_at, at=at):
            service.settle(session, message_id, SmsState.FAILED, keep_text=in_development)
            return
        phone, text = message.phone, message.text
    state = SmsState.SENT
    try:
        sms_gateway(context.settings).send(phone=phone, text=text, key=message_id)
    except GatewayError as error:
        if error.retryable:
            raise
        state = SmsState.FAILED
    with context.database.transaction() as session:
        service.settle(session, message_id, state, keep_text=in_development)
