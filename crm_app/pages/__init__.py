"""Every page of the app; the only place that composes features."""

from crm_app.pages import (
    activities,
    board,
    calendar,
    companies,
    day,
    deal,
    deal_list,
    forecast,
    home,
    imports,
    inbox,
    missing,
    organisation,
    people,
    pipelines,
    pools,
    price_book,
    price_books,
    products,
    profile,
    quote,
    quote_rules,
    quote_texts,
    quotes,
    rates,
    records,
    reports,
    targets,
    teams,
    territories,
    user,
    users,
)
from crm_app.pages.failure import on_failure
from crm_app.pages.here import Here
from crm_app.pages.page import Page

PAGES: list[Page] = [
    *(
        m.PAGE
        for m in (
            home,
            inbox,
            people,
            companies,
            board,
            deal_list,
            deal,
            forecast,
            targets,
            activities,
            calendar,
            day,
            products,
            price_books,
            price_book,
            quotes,
            quote_rules,
            quote_texts,
            quote,
            reports,
            users,
            user,
            teams,
            organisation,
            territories,
            pools,
            pipelines,
            profile,
            rates,
            imports,
            missing,
        )
    ),
    records.PERSON,
    records.COMPANY,
]

__all__ = ["PAGES", "Here", "Page", "on_failure"]
