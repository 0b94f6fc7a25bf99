"""What must not be lost: what was said, what was promised to customers, and the mails and portal calls still owed for it.

`Desk(settings)` is the one door. It keeps no state but the database, so any number of processes may have one.

Interactions, of all three mouths: chat, mail and agents
    record(channel, conversation, text, outcome=…, …)   keep a turn, mail or look-up; the text is masked
    recorded(conversation, client_id)                   what was replied to this message of the client already, or None
    turns(conversation)                                 the transcript, oldest first
    feedback(conversation, interaction_id, helpful=…)   whether the answer helped
    erase(conversation)                                 delete what was said; what was promised stays

Mails of the support mailbox
    begin_mail(digest, …), decide_mail(id, fate, …), file_mail(id)   a mail's way, each step once, with the reply that is owed
    fail_mail(id, reason), put_back_mail(id)            what went wrong on the way
    decided_mails(), mail(number)                       for the comparison with what people did, and for staff
    is_unfiled_mail(digest)                             whether it was left on the way
    refused_mails()                                     those whose reply came to nothing
    alone_with_mails()                                  a time in which no other process decides
    move_mail(digest, queue)                            an agent's correction
    answers_to(sender, since), was_answered(sender, said)   what keeps replies from going in a circle
    wrote_of(sender, message_ids)                       whether a thread goes on
    mail_figures()                                      counts for the metrics

Requests
    submit(key, kind, fields=…, urgent=…, …)            record a confirmed request and what is owed for it, once per key
    attach(conversation, name, content)                 keep a file for the next ticket of the conversation
    attached(conversation), detach(conversation, id)    its files, and one less of those that wait
    status(number, address), add(number, address, text) what a customer asks of and adds to a request
    request(number), requests(*statuses)                for agents, who set it with change_status(number, status)
    reply(number, text)                                 owe the customer an agent's answer
    deliveries(number), undelivered(), requeue(number)  what is owed, and a new try for what failed

Figures
    days(since, until), entries_given(since, until)     what was said in a time, by day and mouth, and by FAQ entry
    mail_days(since, until)                             what was decided on mails, by day
    themes_met, models_used, thumbed_down               the themes, the models, and what did not help
    chats, waits, median_wait                           what came of chats, and how long tickets waited for an answer

What the assistant did not know
    misjudged(interaction_id, by)                       an agent's word that something was understood wrong
    unknown(), review(ids, verdict, by, label)          what waits for a person, and what that person says, once
    proposals()                                         what was accepted
    propose(entry, change, by), proposed()              changes of FAQ entries that editors propose
    recorded_texts(most)                                the messages to try them on

Incidents
    incident()                                          the banner, suspended entries and their text; None in quiet times
    begin_incident(text, until=…, …), end_incident()

Every verb raises `DeskUnavailable` where the database cannot be used, and has then changed nothing; `desk.errors` draws all
errors. `mask` and `without_secrets` take out of a text what must not be stored, `legible` says in Spanish what was there.
"""

from desk.desk import Desk
from desk.errors import (
    AlreadyReviewed,
    DeliveryError,
    DeskError,
    DeskUnavailable,
    HelpDeskRejected,
    HelpDeskUnavailable,
    InvalidAttachment,
    InvalidIncident,
    InvalidInteraction,
    InvalidRequest,
    InvalidReview,
    MailRejected,
    MailUnavailable,
    NothingToRequeue,
    PortalRejected,
    PortalUnavailable,
    Rejected,
    TooMany,
    Unavailable,
    UnknownAttachment,
    UnknownInteraction,
    UnknownRequest,
)
from desk.fields import is_address
from desk.letters import legible
from desk.mask import mask, without_secrets
from desk.records import Attachment, Incident, Interaction, ProposedChange, Request, Review
from desk.standing import Standing

__all__ = [
    "AlreadyReviewed",
    "Attachment",
    "DeliveryError",
    "Desk",
    "DeskError",
    "DeskUnavailable",
    "HelpDeskRejected",
    "HelpDeskUnavailable",
    "Incident",
    "Interaction",
    "InvalidAttachment",
    "InvalidIncident",
    "InvalidInteraction",
    "InvalidRequest",
    "InvalidReview",
    "MailRejected",
    "MailUnavailable",
    "NothingToRequeue",
    "PortalRejected",
    "PortalUnavailable",
    "ProposedChange",
    "Rejected",
    "Request",
    "Review",
    "Standing",
    "TooMany",
    "Unavailable",
    "UnknownAttachment",
    "UnknownInteraction",
    "UnknownRequest",
    "is_address",
    "legible",
    "mask",
    "without_secrets",
]
