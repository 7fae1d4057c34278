import { type FragmentOf, graphql } from "@crossdock/api";

export const JOB = graphql(`
  fragment JobShown on Job @_unmask {
    id
    kind
    state
    done
    total
    failed
    result
    createdAt
    finishedAt
    action
    reason
    dryRun
    own
    errors {
      reference
      message
    }
  }
`);

export type Job = FragmentOf<typeof JOB>;

export const JOBS = graphql(`query Jobs($first: Int!, $after: String) { jobs(first: $first, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { ...JobShown } } }`, [JOB]);
export const ONE_JOB = graphql(`query OneJob($id: ID!) { job(id: $id) { ...JobShown } }`, [JOB]);
export const JOB_FEED = graphql(`subscription JobFeed($id: ID!) { job(id: $id) { ...JobShown } }`, [JOB]);
export const JOB_CANCEL = graphql(`mutation JobCancel($input: JobIdInput!) { jobCancel(input: $input) { job { ...JobShown } userErrors { code message path } } }`, [JOB]);
export const ORDERS_BULK = graphql(`mutation OrdersBulk($input: OrdersBulkInput!) { ordersBulk(input: $input) { job { ...JobShown } userErrors { code message path } } }`, [JOB]);
export const IMPORT_START = graphql(`mutation ImportStart($input: ImportStartInput!) { importStart(input: $input) { job { ...JobShown } userErrors { code message path } } }`, [JOB]);
