import { graphql, type ResultOf } from "@crossdock/api";
import { JOB } from "../jobs/queries";

export const RULE_SETS = graphql(`
  query RuleSets {
    allocationRuleSets {
      id
      name
      version
      active
      rules {
        kind
        when
        parameters
      }
    }
  }
`);

export const RULE_SET_CREATE = graphql(
  `mutation RuleSetCreate($input: AllocationRuleSetInput!) { allocationRuleSetCreate(input: $input) { ruleSet { id name version } userErrors { code message path } } }`,
);
export const RULE_SET_ACTIVATE = graphql(
  `mutation RuleSetActivate($input: AllocationRuleSetIdInput!) { allocationRuleSetActivate(input: $input) { ruleSet { id active } userErrors { code message path } } }`,
);
export const SIMULATE = graphql(
  `mutation AllocationSimulate($input: AllocationSimulateInput!) { allocationSimulate(input: $input) { job { ...JobShown } userErrors { code message path } } }`,
  [JOB],
);

export type RuleSet = ResultOf<typeof RULE_SETS>["allocationRuleSets"][number];
