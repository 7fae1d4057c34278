import { graphql } from "@crossdock/api";

export const ORDER_CREATE = graphql(`
  mutation OrderCreate($input: OrderCreateInput!) {
    orderCreate(input: $input) {
      order {
        id
        number
      }
      userErrors {
        code
        message
        path
      }
    }
  }
`);

export const ENTRY_CHANNELS = graphql(`
  query EntryChannels {
    channels {
      id
      code
      name
      kind
      currency
      active
    }
  }
`);

/** What a SKU is, and where there is how much of it. */
export const ENTRY_LINE = graphql(`
  query EntryLine($sku: String!, $channel: String!) {
    product(sku: $sku) {
      id
      sku
      name
      kind
    }
    availability(skus: [$sku], channel: $channel) {
      sku
      total
      backorderable
      expectedAt
      sites {
        available
        site {
          id
          code
          name
        }
      }
    }
  }
`);

export interface EntryLine {
  id: number;
  sku: string;
  quantity: number;
  unitPrice: string;
}
