import { Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

interface Assignment {
  site: { code: string; name: string };
  sku: string;
  quantity: number;
}

/** Which site gives what, a line for each site. */
export function Assignments({ of }: { of: readonly Assignment[] }) {
  const sites = [...new Map(of.map((one) => [one.site.code, one.site])).values()];
  return (
    <Stack gap={2}>
      {sites.map((site) => (
        <Text size="sm" key={site.code}>
          <Link to="/inventory/$code" params={{ code: site.code }}>
            {site.name}
          </Link>
          {": "}
          {of
            .filter((one) => one.site.code === site.code)
            .map((one) => `${one.quantity} × ${one.sku}`)
            .join(", ")}
        </Text>
      ))}
    </Stack>
  );
}
