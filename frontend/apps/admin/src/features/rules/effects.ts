import { t } from "@lingui/core/macro";

export interface Effect {
  kind: string;
  title: string;
  says: string;
  /** What its condition may speak of; none where it has no condition. */
  sees?: string;
  parameters: { name: string; title: string; choices?: string[] }[];
}

const SITE = "order, site, distance, delivery";
const LINE = "order, line";
const ALL = "order, line, site, distance, delivery";

const amount = (name: string, title: string) => ({ name, title });

/** The effects that a rule of allocation may have, in the API's names. */
export function useEffects(): Effect[] {
  return [
    {
      kind: "OBJECTIVE",
      title: t`Objective`,
      says: t`What the best plan is.`,
      parameters: [{ name: "policy", title: t`Policy`, choices: ["LEAST_COST", "FEWEST_SPLITS", "NEAREST", "PRIORITY_LIST"] }],
    },
    {
      kind: "COSTS",
      title: t`Costs of a site`,
      says: t`The last one that holds for a site counts.`,
      sees: SITE,
      parameters: [amount("shipment", t`A shipment`), amount("shipmentKm", t`A shipment, each km`), amount("unit", t`A unit`), amount("unitKm", t`A unit, each km`)],
    },
    { kind: "UNFILLED", title: t`Cost of a unit that nobody gives`, says: t`More than any way of giving it.`, sees: LINE, parameters: [amount("unit", t`A unit`)] },
    { kind: "EXCLUDE", title: t`Exclude`, says: t`The site gives nothing of this.`, sees: ALL, parameters: [] },
    { kind: "REQUIRE", title: t`Require`, says: t`Only sites of which the condition holds.`, sees: LINE, parameters: [{ name: "site", title: t`Condition over the site` }] },
    { kind: "ADD", title: t`Add to the cost`, says: t`Below 0 makes it cheaper.`, sees: ALL, parameters: [amount("amount", t`Amount`), { name: "per", title: t`For each`, choices: ["SHIPMENT", "UNIT"] }] },
    { kind: "DELAY", title: t`Cost of delay`, says: t`Of each unit. All that hold add up.`, sees: SITE, parameters: [amount("day", t`Each day until it arrives`), amount("lateDay", t`Each day after the promise`)] },
    { kind: "TIER", title: t`Tier`, says: t`A site of a higher tier is asked only where lower ones do not suffice.`, sees: SITE, parameters: [{ name: "tier", title: t`Tier` }] },
    { kind: "MAX_SHIPMENTS", title: t`At most so many shipments`, says: t`What does not fit waits.`, sees: "order", parameters: [{ name: "count", title: t`Shipments` }] },
    { kind: "MINIMUM_SPLIT_VALUE", title: t`Smallest value of a split shipment`, says: t`Less is not sent on its own.`, sees: "order", parameters: [amount("amount", t`Amount`)] },
    { kind: "SHIP_COMPLETE", title: t`All or nothing`, says: t`The order waits until all of it can be given.`, sees: "order", parameters: [] },
    { kind: "WHOLE_LINES", title: t`Whole lines`, says: t`A line is not divided between sites.`, sees: "order", parameters: [] },
    { kind: "TOGETHER", title: t`Together`, says: t`The lines for which it holds come from one site, or wait.`, sees: LINE, parameters: [] },
    { kind: "REALLOCATE", title: t`Move what waits`, says: t`Until somebody begins to pick it, when that saves enough.`, sees: "order", parameters: [amount("saving", t`Saves at least`)] },
    { kind: "RESERVE", title: t`Keep back`, says: t`So many units of each SKU stay at the site.`, sees: ALL, parameters: [{ name: "units", title: t`Units` }] },
  ];
}
