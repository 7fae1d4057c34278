import { graphql } from "@crossdock/api";
import { SHIPPING_ORDER_PARTS } from "../fulfillment/parts";
import { ASSIGNMENT } from "./Assignments";

export const ORDER = graphql(
  `
  query Order($number: String!) {
    order(number: $number) {
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
      closedAt
      shippingMethod
      pricesIncludeTax
      currency
      email
      phone
      tags
      channel {
        id
        code
        name
        kind
      }
      customer {
        id
        name
        email
        phone
      }
      billingAddress {
        name
        company
        line1
        line2
        postalCode
        city
        subdivision
        country
        phone
      }
      shippingAddress {
        name
        company
        line1
        line2
        postalCode
        city
        subdivision
        country
        phone
      }
      totals {
        subtotal {
          amount
          currency
        }
        discount {
          amount
          currency
        }
        shipping {
          amount
          currency
        }
        tax {
          amount
          currency
        }
        total {
          amount
          currency
        }
        authorized {
          amount
          currency
        }
        captured {
          amount
          currency
        }
        refunded {
          amount
          currency
        }
        due {
          amount
          currency
        }
      }
      claim {
        by
        until
        mine
      }
      holds {
        id
        reason
        note
        heldBy
        at
        releasedAt
        releasedBy
      }
      steps {
        step
        status
        mode
        at
        by
        reason
      }
      waitingFor {
        step
        reason
        since
        actors
        nextAt
        detail
      }
      availableActions {
        action
        enabled
        reason
      }
      lines {
        id
        sku
        name
        kind
        deliveryMethod
        pickupSite {
          id
          code
          name
        }
        quantity
        allocated
        backordered
        expectedAt
        picked
        fulfilled
        cancelled
        returned
        unitPrice {
          amount
          currency
        }
        total {
          amount
          currency
        }
      }
      shippingOrders {
        ...ShippingOrderParts
      }
      invoices {
        id
        number
        kind
        issuedAt
        documentUrl
        total {
          amount
          currency
        }
      }
      returns {
        id
        number
        state
        method
        createdAt
        refund {
          amount
          currency
        }
        lines {
          id
          quantity
          received
        }
      }
      exchangeFor {
        id
        number
      }
      alerts {
        id
        kind
        severity
        message
        raisedAt
        clearedAt
        snoozedUntil
        assignee {
          id
          name
        }
      }
      notes {
        body
        author
        at
      }
      allocationDecisions {
        id
        at
        ruleSet
        outcome
        cost
        sentence
        chosen {
          ...Assignment
        }
        alternatives {
          cost
          whyNot
          assignments {
            ...Assignment
          }
        }
        excludedSites {
          site {
            id
            code
            name
          }
          reason
        }
      }
    }
  }
`,
  [SHIPPING_ORDER_PARTS, ASSIGNMENT],
);

export const ORDER_PAYMENTS = graphql(`
  query OrderPayments($number: String!) {
    order(number: $number) {
      id
      payments {
        id
        gateway
        method
        status
        amount {
          amount
          currency
        }
        authorized {
          amount
          currency
        }
        captured {
          amount
          currency
        }
        refunded {
          amount
          currency
        }
        authorizationExpiresAt
        transactions {
          id
          kind
          state
          at
          gatewayReference
          failure
          amount {
            amount
            currency
          }
        }
      }
    }
  }
`);

export const ORDER_EVENTS = graphql(`
  query OrderEvents($number: String!, $after: String) {
    order(number: $number) {
      id
      events(first: 100, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          sequence
          kind
          at
          actor
          message
          data
        }
      }
    }
  }
`);
