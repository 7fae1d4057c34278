import { graphql } from "@crossdock/api";

export const ORDERS = graphql(`
  query Orders($query: String, $filter: OrderFilter, $sort: OrderSort!, $first: Int, $after: String, $last: Int, $before: String) {
    orders(query: $query, filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
      degraded
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        number
        externalId
        version
        state
        paymentStatus
        fulfillmentStatus
        suspended
        priority
        placedAt
        promisedAt
        updatedAt
        tags
        channel {
          id
          code
          name
        }
        customer {
          id
          name
        }
        shippingAddress {
          city
          country
        }
        totals {
          total {
            amount
            currency
          }
        }
      }
    }
  }
`);

/** Counts are dearer than rows: asked for apart and less often. */
export const ORDER_COUNTS = graphql(`
  query OrderCounts($query: String, $filter: OrderFilter, $facets: [OrderFacet!]) {
    orders(query: $query, filter: $filter, first: 1, facets: $facets) {
      totalCount
      totalIsCapped
      facets {
        field
        isCapped
        buckets {
          value
          count
        }
      }
      nodes {
        id
      }
    }
  }
`);

export const ORDER_PEEK = graphql(`
  query OrderPeek($number: String!) {
    order(number: $number) {
      id
      number
      state
      paymentStatus
      fulfillmentStatus
      suspended
      placedAt
      promisedAt
      shippingMethod
      customer {
        id
        name
      }
      shippingAddress {
        line1
        postalCode
        city
        country
      }
      totals {
        total {
          amount
          currency
        }
        due {
          amount
          currency
        }
      }
      waitingFor {
        step
        reason
        since
        actors
        nextAt
        detail
      }
      lines {
        id
        sku
        name
        quantity
        fulfilled
        total {
          amount
          currency
        }
      }
    }
  }
`);
