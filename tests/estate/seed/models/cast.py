"""Who is who among the models: twelve kinds of question, each asked in six regions, which makes 72 groups.

A kind has its columns, prediction first, as Model Monitor wants them. Kinds share columns, so what goes wrong upstream shows in
many models. `PENDING` says which newest versions wait for a decision, and what is the matter with each.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from ...evidence.columns import Column, count, flag, number, text

REGISTRY, MONITORING = "ml-registry", "ml-monitoring"
REGIONS = ("emea", "dach", "iberia", "nordics", "uk", "apac")
OTHER_ACCOUNT = "210987654321"
SHARED = "rate-benchmark-corporate"
ALONE = "loyalty-tier-partners"      # a package without a group

LEAD = number("lead_time_days", 21.4, 6.3)
RATE = number("average_rate", 118.0, 24.0, 2)
OCCUPANCY = number("occupancy_rate", 0.71, 0.09, 5)
TEMPERATURE = number("weather_temp", 14.2, 6.1, 2, signed=True)
EVENTS = number("local_events", 42.0, 11.0, 2)
CHANNEL = text("booking_channel", web=0.44, app=0.31, agency=0.16, phone=0.09)
PARTY = count("party_size", 6, 41, 27, 15, 8, 3)
VISITS = count("visits_30d", 52, 24, 12, 6, 4, 2)
POINTS = number("loyalty_points", 3_150.0, 820.0, 1)
MEMBER = flag("is_member", 0.46)
PROMOTED = flag("promo_active", 0.22)
DEVICE = text("device", ios=0.41, android=0.36, desktop=0.23)
BASKET = number("basket_value", 31.5, 8.2, 2)
DISTANCE = number("distance_km", 4.6, 1.2)
RATING = count("last_rating", 3, 5, 11, 34, 47)


@dataclass(frozen=True)
class Kind:
    name: str
    problem: str
    team: str
    task: str
    columns: tuple[Column, ...]
    facet: tuple[str, tuple[str, ...]] = ("guest_age_band", ("18-29", "30-54", "55+"))


def _score(name: str) -> Column:
    return number(name, 0.36, 0.11, 5)


KINDS = {one.name: one for one in (
    Kind("demand-forecast", "regression", "revenue", "How many covers and rooms will be asked for", (
        number("predicted_demand", 214.0, 39.0, 2), LEAD, RATE, OCCUPANCY, TEMPERATURE, EVENTS, PROMOTED, CHANNEL)),
    Kind("booking-cancellation", "binary_classification", "revenue", "Will this booking be cancelled", (
        _score("cancel_probability"), LEAD, RATE, PARTY, MEMBER, CHANNEL, DEVICE)),
    Kind("dynamic-pricing", "regression", "revenue", "The rate to ask for tonight", (
        number("predicted_rate", 121.0, 22.0, 2), OCCUPANCY, LEAD, number("competitor_rate", 115.0, 21.0, 2), EVENTS,
        TEMPERATURE, CHANNEL)),
    Kind("guest-churn", "binary_classification", "loyalty", "Will this guest come back", (
        _score("churn_probability"), VISITS, POINTS, number("days_since_stay", 61.0, 17.0, 2), BASKET, MEMBER, RATING, DEVICE)),
    Kind("upsell-offer", "binary_classification", "loyalty", "Will this guest take the better room or the larger menu", (
        _score("accept_probability"), PARTY, VISITS, BASKET, MEMBER, PROMOTED, DEVICE)),
    Kind("no-show", "binary_classification", "operations", "Will this table or room stay empty", (
        _score("no_show_probability"), LEAD, PARTY, TEMPERATURE, VISITS, CHANNEL)),
    Kind("delivery-eta", "regression", "operations", "Minutes until the order is at the door", (
        number("predicted_minutes", 27.0, 6.0), DISTANCE, number("kitchen_load", 0.58, 0.12, 5), TEMPERATURE, BASKET, PROMOTED),
        ("district", ("centre", "suburb"))),
    Kind("staffing-need", "regression", "operations", "How many people a shift needs", (
        number("predicted_staff", 18.0, 4.1), OCCUPANCY, EVENTS, TEMPERATURE, number("covers_last_week", 610.0, 120.0, 1)),
        ("contract", ("full", "part"))),
    Kind("payment-fraud", "binary_classification", "payments", "Is this payment somebody else's card", (
        _score("fraud_probability"), number("amount", 84.0, 21.0, 2), number("card_age_days", 412.0, 110.0, 1), VISITS, DISTANCE,
        DEVICE), ("card_country", ("domestic", "foreign"))),
    Kind("review-sentiment", "multiclass_classification", "guest-voice", "What a review says of the stay", (
        number("confidence", 0.78, 0.06, 5), number("review_length", 214.0, 60.0, 1), RATING,
        text("language", en=0.48, de=0.22, es=0.17, fr=0.13), DEVICE), ("language", ("en", "de", "es", "fr"))),
    Kind("food-waste", "regression", "operations", "Kilograms that a kitchen will throw away", (
        number("predicted_kg", 12.0, 3.1), OCCUPANCY, TEMPERATURE, EVENTS, number("stock_days", 3.4, 0.9)),
        ("kitchen", ("hotel", "restaurant"))),
    Kind("loyalty-tier", "multiclass_classification", "loyalty", "The tier that a guest will be in next year", (
        number("confidence", 0.74, 0.07, 5), POINTS, VISITS, BASKET, RATING, MEMBER)),
)}

GROUPS = tuple(f"{kind}-{region}" for kind in KINDS for region in REGIONS)

# group: what is the matter with its newest version, which waits for a decision
PENDING = {
    "demand-forecast-emea": "clean",
    "dynamic-pricing-iberia": "clean",
    "booking-cancellation-emea": "worse",
    "guest-churn-emea": "baseline missing",
    "upsell-offer-uk": "baseline gone",
    "payment-fraud-emea": "bias error",
    "no-show-dach": "bias over",
    "demand-forecast-dach": "drifted on day 0",
    "review-sentiment-dach": "evidence edited",
    "loyalty-tier-uk": "model edited",
    "staffing-need-uk": "registered by oncall",
    "food-waste-emea": "other test set",
    "no-show-emea": "identifier explains",
    "loyalty-tier-apac": "never approved",
    "payment-fraud-dach": "scan failed",
    "dynamic-pricing-apac": "waits long",
    "delivery-eta-uk": "no deviations",
    "staffing-need-dach": "lineage broken",
}

# group: what became of the image of its newest version since that was registered
IMAGES = {"dynamic-pricing-apac": "moved", "loyalty-tier-apac": "deleted"}


def kind_of(group: str) -> Kind:
    return KINDS[group.rpartition("-")[0]]


def versions_of(group: str) -> int:
    """2 to 15, the same on every start."""
    return 1 if group == SHARED else 2 + crc32(group.encode()) % 14
