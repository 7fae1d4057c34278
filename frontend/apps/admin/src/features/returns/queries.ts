import { graphql } from "@crossdock/api";

export const RETURNS = graphql(`
  query Returns($filter: ReturnFilter, $first: Int!, $after: String) {
    returns(filter: $filter, first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        number
        state
        method
        createdAt
        order {
          id
          number
          customer {
            id
            name
          }
        }
        site {
          id
          code
          name
        }
        lines {
          id
          quantity
          received
        }
        refund {
          amount
          currency
        }
      }
    }
  }
`);

export const RETURN = graphql(`
  query Return($number: String!) {
    return(number: $number) {
      id
      number
      state
      version
      method
      createdAt
      site {
        id
        code
        name
      }
      order {
        id
        number
        state
        customer {
          id
          name
        }
        email
      }
      exchangeOrder {
        id
        number
        state
      }
      creditNote {
        id
        number
        documentUrl
        total {
          amount
          currency
        }
      }
      refund {
        amount
        currency
      }
      lines {
        id
        quantity
        received
        reason
        disposition
        refund {
          amount
          currency
        }
        orderLine {
          id
          sku
          name
          unitPrice {
            amount
            currency
          }
        }
      }
      availableActions {
        action
        enabled
        reason
      }
    }
  }
`);

export const RETURN_APPROVE = graphql(`mutation ReturnApprove($input: ReturnIdInput!) { returnApprove(input: $input) { return { id version } order { id version } userErrors { code message path } } }`);
export const RETURN_REJECT = graphql(`mutation ReturnReject($input: ReturnReasonInput!) { returnReject(input: $input) { return { id version } order { id version } userErrors { code message path } } }`);
export const RETURN_RECEIVE = graphql(`mutation ReturnReceive($input: ReturnReceiveInput!) { returnReceive(input: $input) { return { id version } order { id version } userErrors { code message path } } }`);
export const RETURN_REFUND = graphql(`mutation ReturnRefund($input: ReturnRefundInput!) { returnRefund(input: $input) { return { id version } order { id version } userErrors { code message path } } }`);
export const RETURN_CANCEL = graphql(`mutation ReturnCancel($input: ReturnReasonInput!) { returnCancel(input: $input) { return { id version } order { id version } userErrors { code message path } } }`);
