import { type FragmentOf, graphql, readFragment } from "@crossdock/api";
import { Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

export const ASSIGNMENT = graphql(`
  fragment Assignment on AllocationAssignment {
    site {
      id
      code
      name
    }
    sku
    quantity
  }
`);

type Given = readonly FragmentOf<typeof ASSIGNMENT>[];

/** How many sites give something. */
export function sitesOf(given: Given): number {
  return new Set(readFragment(ASSIGNMENT, given).map((one) => one.site.code)).size;
}

/** Which site gives what, a line for each site. */
export function Assignments({ of }: { of: Given }) {
  const given = readFragment(ASSIGNMENT, of);
  const sites = [...new Map(given.map((one) => [one.site.code, one.site])).values()];
  return (
    <Stack gap={2}>
      {sites.map((site) => (
        <Text size="sm" key={site.code}>
          <Link to="/inventory/$code" params={{ code: site.code }}>
            {site.name}
          </Link>
          {": "}
          {given
            .filter((one) => one.site.code === site.code)
            .map((one) => `${one.quantity} × ${one.sku}`)
            .join(", ")}
        </Text>
      ))}
    </Stack>
  );
}
