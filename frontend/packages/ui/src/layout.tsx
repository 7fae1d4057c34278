import { Group, Stack, Title } from "@mantine/core";
import { type ReactNode, useEffect, useId } from "react";

export function Page({ title, aside, children, lead, back }: { title: string; aside?: ReactNode; lead?: ReactNode; back?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Crossdock`;
  }, [title]);
  return (
    <Stack gap="md">
      {back}
      <Group justify="space-between" align="center" gap="sm">
        <Group gap="sm">
          <Title order={1}>{title}</Title>
          {lead}
        </Group>
        {aside && <Group gap="xs">{aside}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

export function Card({ title, aside, children, flush = false, count }: { title?: ReactNode; aside?: ReactNode; children?: ReactNode; flush?: boolean; count?: number }) {
  const heading = useId();
  return (
    <section className="cd-card" aria-labelledby={title ? heading : undefined}>
      {title && (
        <div className="cd-card-head">
          <Title order={2} size="h3" id={heading}>
            {title}
            {count !== undefined && <span style={{ color: "var(--mantine-color-dimmed)", fontWeight: 500 }}> {count}</span>}
          </Title>
          {aside}
        </div>
      )}
      {children && <div className={flush ? undefined : "cd-card-body"}>{children}</div>}
    </section>
  );
}

export function Facts({ of }: { of: [label: string, value: ReactNode][] }) {
  return (
    <dl className="cd-facts">
      {of
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([label, value]) => (
          <div key={label} style={{ display: "contents" }}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
