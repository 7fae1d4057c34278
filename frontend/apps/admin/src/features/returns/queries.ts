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
export const RETURN_CREATE = graphql(`mutation ReturnCreate($input: ReturnCreateInput!) { returnCreate(input: $input) { return { id number version } order { id version } userErrors { code message path } } }`);

/** What of an order can come back. */
export const RETURNABLE = graphql(`
  query Returnable($number: String!) {
    order(number: $number) {
      id
      number
      currency
      email
      customer {
        id
        name
      }
      channel {
        id
        code
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
        }
        fulfilled
        returned
        returnable
        unitPrice {
          amount
          currency
        }
      }
    }
  }
`);

export const RETURN_PREVIEW = graphql(`
  query ReturnPreview($input: ReturnCreateInput!) {
    returnPreview(input: $input) {
      lines {
        discount {
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
      }
      credit {
        amount
        currency
      }
      exchange {
        amount
        currency
      }
      toRefund {
        amount
        currency
      }
      toPay {
        amount
        currency
      }
    }
  }
`);
