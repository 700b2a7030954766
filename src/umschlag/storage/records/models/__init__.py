"""The records, one file a room."""

from umschlag.storage.records.models.access import ApiToken, Backup
from umschlag.storage.records.models.articles import (
    Article,
    ArticlePlace,
    ArticlesAsOf,
    PlaceKind,
)
from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.clients import Client, ClientPriority
from umschlag.storage.records.models.corrections import (
    OutcomeChoice,
    WriteBackLine,
    WriteBackRun,
    WriteKindChoice,
)
from umschlag.storage.records.models.credentials import PlentymarketsCredential
from umschlag.storage.records.models.exchange import ExchangeRate
from umschlag.storage.records.models.forecasting import (
    ActOutcome,
    ArticleForecast,
    ArticleSuccession,
    ForecastBacktest,
    ForecastMeasurement,
    LearnedTrees,
    Proposal,
    ProposalKind,
    ProposalState,
    Replenishment,
)
from umschlag.storage.records.models.idempotency import KeptAnswer
from umschlag.storage.records.models.lake import (
    CURRENT_DAYS,
    CURRENT_FILES,
    LakeDay,
    LakeDayTotal,
    LakeFile,
)
from umschlag.storage.records.models.ledger import (
    LedgerAccount,
    LedgerAccountKind,
    LedgerEnd,
    LedgerEntry,
    LedgerEntryKind,
    LedgerPosting,
)
from umschlag.storage.records.models.movement import (
    AbcClassChoice,
    ArticleMovement,
    DemandPatternChoice,
    MovementChange,
    MovementRule,
    RuleScope,
    SpeedClassChoice,
    Verdict,
    XyzClassChoice,
)
from umschlag.storage.records.models.notifications import Notification, NotificationKind
from umschlag.storage.records.models.pallets import (
    Pallet,
    PalletCarton,
    PalletDestination,
    PalletStatus,
    PreorderServing,
)
from umschlag.storage.records.models.planning import (
    AllocationRun,
    Cart,
    CartLine,
    FairnessChoice,
    MutualStoreProposal,
    RunPin,
    RunRefusal,
    RunShare,
    RunState,
)
from umschlag.storage.records.models.preorders import (
    ArrivalRuleChoice,
    ArrivalShare,
    ArrivalState,
    Preorder,
    PreorderArrival,
    PreorderStatus,
)
from umschlag.storage.records.models.saved_views import SavedView
from umschlag.storage.records.models.snapshots import (
    RunStatus,
    SnapshotOrigin,
    SnapshotRun,
    SyncRun,
)
from umschlag.storage.records.models.stores import (
    MARKETPLACE_CHOICES,
    Store,
    StoreKind,
    StoreStatus,
)
from umschlag.storage.records.models.ungating import UngatingAnswer, UngatingSource, UngatingStatus
from umschlag.storage.records.models.ungating_cases import (
    CaseEventKind,
    CaseState,
    UngatingCase,
    UngatingEvent,
    UngatingEvidence,
)

__all__ = [
    "CURRENT_DAYS",
    "CURRENT_FILES",
    "MARKETPLACE_CHOICES",
    "AbcClassChoice",
    "ActOutcome",
    "AllocationRun",
    "ApiToken",
    "ArrivalRuleChoice",
    "ArrivalShare",
    "ArrivalState",
    "Article",
    "ArticleForecast",
    "ArticleMovement",
    "ArticlePlace",
    "ArticleSuccession",
    "ArticlesAsOf",
    "Backup",
    "Cart",
    "CartLine",
    "CaseEventKind",
    "CaseState",
    "CatalogAsin",
    "Client",
    "ClientPriority",
    "DemandPatternChoice",
    "ExchangeRate",
    "FairnessChoice",
    "ForecastBacktest",
    "ForecastMeasurement",
    "KeptAnswer",
    "LakeDay",
    "LakeDayTotal",
    "LakeFile",
    "LearnedTrees",
    "LedgerAccount",
    "LedgerAccountKind",
    "LedgerEnd",
    "LedgerEntry",
    "LedgerEntryKind",
    "LedgerPosting",
    "MovementChange",
    "MovementRule",
    "MutualStoreProposal",
    "Notification",
    "NotificationKind",
    "OutcomeChoice",
    "Pallet",
    "PalletCarton",
    "PalletDestination",
    "PalletStatus",
    "PlaceKind",
    "PlentymarketsCredential",
    "Preorder",
    "PreorderArrival",
    "PreorderServing",
    "PreorderStatus",
    "Proposal",
    "ProposalKind",
    "ProposalState",
    "Replenishment",
    "RuleScope",
    "RunPin",
    "RunRefusal",
    "RunShare",
    "RunState",
    "RunStatus",
    "SavedView",
    "SnapshotOrigin",
    "SnapshotRun",
    "SpeedClassChoice",
    "Store",
    "StoreKind",
    "StoreStatus",
    "SyncRun",
    "UngatingAnswer",
    "UngatingCase",
    "UngatingEvent",
    "UngatingEvidence",
    "UngatingSource",
    "UngatingStatus",
    "Verdict",
    "WriteBackLine",
    "WriteBackRun",
    "WriteKindChoice",
    "XyzClassChoice",
]
