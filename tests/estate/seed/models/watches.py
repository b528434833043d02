"""The endpoints of the story, and what happens to each: one plot for each way in which a monitor tells something, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

HOUR, DAY = 3_600, 86_400
DAYS = 90                # of results


@dataclass(frozen=True)
class Watch:
    """An endpoint of the story: the group that it serves, what happens to it, and how it is watched."""

    group: str
    plot: str = "quiet"
    every: int = DAY
    also: tuple[str, ...] = ()
    status: str = "InService"
    watched: bool = True
    alert: tuple[int, int] = (1, 1)
    unpublished: tuple[str, ...] = ()   # kinds whose numbers stand in the reports alone

    @property
    def endpoint(self) -> str:
        return f"{self.group}-live"


WATCHES = {one.endpoint: one for one in (
    Watch("demand-forecast-emea", every=HOUR, also=("ModelQuality", "ModelBias", "ModelExplainability")),
    Watch("demand-forecast-dach", "slow", HOUR, alert=(3, 5)),
    Watch("dynamic-pricing-emea", "sudden", HOUR, also=("ModelExplainability",)),
    Watch("no-show-uk", "seasonal", HOUR, also=("ModelQuality",), unpublished=("ModelQuality",)),
    Watch("upsell-offer-emea", "ties", HOUR),
    Watch("booking-cancellation-emea", "category", HOUR),
    Watch("guest-churn-emea", "missing", HOUR, also=("ModelQuality",)),
    Watch("delivery-eta-uk", "no data", HOUR, alert=(2, 6)),
    Watch("delivery-eta-emea", "schema"),
    Watch("payment-fraud-emea", "memory", HOUR, also=("ModelBias",)),
    Watch("staffing-need-dach", "silent"),
    Watch("food-waste-uk", "capture off"),
    Watch("review-sentiment-emea", "truth missing", also=("ModelQuality",)),
    Watch("loyalty-tier-emea", "other baseline"),
    Watch("guest-churn-uk", "unchecked"),
    Watch("dynamic-pricing-dach", every=HOUR, status="Updating"),
    Watch("staffing-need-emea", status="Failed", watched=False),
    Watch("payment-fraud-uk", status="RollingBack"),
    Watch("review-sentiment-uk", "asynchronous"),
    Watch("booking-cancellation-iberia", "bad file"),
    Watch("food-waste-dach", "upstream"),
    Watch("staffing-need-nordics", "upstream"),
    Watch("no-show-emea", "upstream"),
    Watch("upsell-offer-iberia", "unwatched", watched=False),
)}
# plot: column: (how far it goes in standard deviations, over how many days up to now; 0 is at once), since so many days
SHIFTS = {
    "slow": {"lead_time_days": (1.2, 60), "local_events": (0.8, 60)},
    "sudden": {"competitor_rate": (1.3, 0)},
    "ties": {"party_size": (1.3, 0), "visits_30d": (1.1, 0)},
    "unchecked": {"basket_value": (1.4, 0), "loyalty_points": (-1.1, 0)},
    "upstream": {"weather_temp": (-1.4, 0)},
    "truth missing": {},
}
SINCE = {"slow": 60, "sudden": 9, "ties": 25, "unchecked": 30, "upstream": 2, "category": 12, "missing": 5, "schema": 4,
         "memory": 3, "capture off": 6, "truth missing": 6, "silent": 9}
BAD_DAY = 37
