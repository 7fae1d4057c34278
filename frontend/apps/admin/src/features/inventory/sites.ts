import { graphql, useLive } from "@crossdock/api";

export const SITES = graphql(`
  query Sites($first: Int!, $after: String, $kind: [SiteKind!]) {
    inventorySites(first: $first, after: $after, kind: $kind) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        code
        name
        kind
        active
        timezone
        capabilities
        rank
        dailyCapacity
        safetyStock
        address {
          city
          subdivision
          country
        }
      }
    }
  }
`);

/** For choices; more than a hundred sites are chosen by their code. */
export function useSites() {
  const { data } = useLive(SITES, { first: 100, after: null, kind: null });
  return data?.inventorySites.nodes ?? [];
}
