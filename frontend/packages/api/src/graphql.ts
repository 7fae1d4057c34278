import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.d.ts";

/** Decimals stay strings from the wire to the screen: a float would not be exact. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: {
    DateTime: string;
    Date: string;
    Decimal: string;
    JSON: unknown;
  };
}>();

export { readFragment } from "gql.tada";
export type { FragmentOf, ResultOf, VariablesOf } from "gql.tada";

/** The values of one of the schema's closed lists. */
export type Enum<Name extends keyof introspection["types"]> = introspection["types"][Name] extends { enumValues: infer Values }
  ? Values
  : never;
