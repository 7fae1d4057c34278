import { graphql, type ResultOf } from "@crossdock/api";

export const WORKFLOWS = graphql(`
  query Workflows {
    workflows {
      id
      name
      version
      active
      createdAt
      appliesWhen
      captureOn
      invoiceOn
      steps {
        step
        mode
        when
        delaySeconds
      }
      openOrders {
        state
        count
      }
    }
  }
`);

export const WORKFLOW_CREATE = graphql(
  `mutation WorkflowCreate($input: WorkflowInput!) { workflowCreate(input: $input) { workflow { id name version } userErrors { code message path } } }`,
);
export const WORKFLOW_ACTIVATE = graphql(
  `mutation WorkflowActivate($input: WorkflowIdInput!) { workflowActivate(input: $input) { workflow { id active } userErrors { code message path } } }`,
);

export type Workflow = ResultOf<typeof WORKFLOWS>["workflows"][number];
