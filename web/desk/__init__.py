"""The desk of staff: sign in, conversations, tickets, deliveries, figures. Every address names its permission."""

from web.desk import (
    account,
    batch,
    conversations,
    deliveries,
    destinations,
    entry,
    figures,
    pictures,
    review,
    review_queues,
    second_factor,
    service,
    talk,
    ticket,
    tickets,
    waiting,
)

BLUEPRINTS = (
    account.pages,
    conversations.pages,
    batch.pages,
    deliveries.pages,
    destinations.pages,
    entry.pages,
    figures.pages,
    pictures.pages,
    review.pages,
    review_queues.pages,
    second_factor.pages,
    talk.pages,
    service.pages,
    ticket.pages,
    tickets.pages,
    waiting.pages,
)
