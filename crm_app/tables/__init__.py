"""Every table, so that the metadata is whole when any one is imported."""

from sqlmodel import SQLModel

from crm_app.core.changes.log import ChangeBatch, ChangeLog, IdCounter, Outbox
from crm_app.tables.access import CalendarLink, Credential, LoginEvent, OneTimeLink, SocketBinding, UserSession
from crm_app.tables.activity import Activity, ActivityAttendee
from crm_app.tables.attention import Notification, RecentView
from crm_app.tables.billing import Invoice, InvoiceLine, Order, OrderLine, OrderPart, Payment
from crm_app.tables.bulk import BulkRow, BulkRun
from crm_app.tables.company import Company, CompanyAddress
from crm_app.tables.deal import Deal, DealCompetitor, DealContact, DealLine, Pipeline, Stage
from crm_app.tables.duplicate import DuplicateCount, DuplicateKey, DuplicateModel, DuplicatePair, DuplicateProfile
from crm_app.tables.finding import Finding
from crm_app.tables.forecast import ForecastNight, ForecastSnapshot, Target
from crm_app.tables.lifecycle import LifecycleState, ProcessAck, ProcessNotice, Term
from crm_app.tables.numbering import NumberSeries
from crm_app.tables.organisation import Organisation
from crm_app.tables.organise import (
    CustomField,
    CustomValue,
    FieldFill,
    FieldNote,
    File,
    ImportRowError,
    ImportRun,
    RecordTag,
    SavedView,
    Tag,
)
from crm_app.tables.person import (
    Person,
    PersonAddress,
    PersonConsent,
    PersonEmail,
    PersonPhone,
    PersonProfile,
    PersonRelation,
    PersonRole,
    PersonScoreOverride,
)
from crm_app.tables.product import PriceBook, PriceEntry, Product
from crm_app.tables.quality import (
    QualityCheck,
    QualityGap,
    QualityMark,
    QualityNight,
    QualityRule,
    QualityRun,
    QualitySnapshot,
    QualityTask,
    RightsReview,
)
from crm_app.tables.quote import Quote, QuoteAttachment, QuoteLine, QuoteLink, QuotePolicy, QuoteText, TextBlock
from crm_app.tables.rate import Rate
from crm_app.tables.scoring import LeadScore, LearnedScore, ScoringPolicy, ScoringRule
from crm_app.tables.territory import (
    Availability,
    Pool,
    PoolMember,
    Territory,
    TerritoryAccount,
    TerritoryOwner,
    Turn,
)
from crm_app.tables.ticket import SentForm
from crm_app.tables.user import Team, User
from crm_app.tables.vocabulary import VocabularyTerm

metadata = SQLModel.metadata

__all__ = [
    "Activity",
    "ActivityAttendee",
    "Availability",
    "BulkRow",
    "BulkRun",
    "CalendarLink",
    "ChangeBatch",
    "ChangeLog",
    "Company",
    "CompanyAddress",
    "Credential",
    "CustomField",
    "CustomValue",
    "Deal",
    "DealCompetitor",
    "DealContact",
    "DealLine",
    "DuplicateCount",
    "DuplicateKey",
    "DuplicateModel",
    "DuplicatePair",
    "DuplicateProfile",
    "FieldFill",
    "FieldNote",
    "File",
    "Finding",
    "ForecastNight",
    "ForecastSnapshot",
    "IdCounter",
    "ImportRowError",
    "ImportRun",
    "Invoice",
    "InvoiceLine",
    "LeadScore",
    "LearnedScore",
    "LifecycleState",
    "LoginEvent",
    "Notification",
    "NumberSeries",
    "OneTimeLink",
    "Order",
    "OrderLine",
    "OrderPart",
    "Organisation",
    "Outbox",
    "Payment",
    "Person",
    "PersonAddress",
    "PersonConsent",
    "PersonEmail",
    "PersonPhone",
    "PersonProfile",
    "PersonRelation",
    "PersonRole",
    "PersonScoreOverride",
    "Pipeline",
    "Pool",
    "PoolMember",
    "PriceBook",
    "PriceEntry",
    "ProcessAck",
    "ProcessNotice",
    "Product",
    "QualityCheck",
    "QualityGap",
    "QualityMark",
    "QualityNight",
    "QualityRule",
    "QualityRun",
    "QualitySnapshot",
    "QualityTask",
    "Quote",
    "QuoteAttachment",
    "QuoteLine",
    "QuoteLink",
    "QuotePolicy",
    "QuoteText",
    "Rate",
    "RecentView",
    "RecordTag",
    "RightsReview",
    "SavedView",
    "ScoringPolicy",
    "ScoringRule",
    "SentForm",
    "SocketBinding",
    "Stage",
    "Tag",
    "Target",
    "Team",
    "Term",
    "Territory",
    "TerritoryAccount",
    "TerritoryOwner",
    "TextBlock",
    "Turn",
    "User",
    "UserSession",
    "VocabularyTerm",
    "metadata",
]
