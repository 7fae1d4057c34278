import { t } from "@lingui/core/macro";
import { Button, Group, Text } from "@mantine/core";
import { ChevronLeft, ChevronRight } from "lucide-react";

export interface Cursors {
  after?: string;
  before?: string;
}

interface PagerProps {
  info: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  at: Cursors;
  go: (cursors: Cursors) => void;
  summary?: string;
}

/** Pages by keys: a row that moved is not skipped, and page 900 costs no more than page 1. */
export function Pager({ info, at, go, summary }: PagerProps) {
  const back = at.before ? info.hasPreviousPage : at.after !== undefined;
  const on = at.before !== undefined || info.hasNextPage;
  if (!back && !on && !summary) return null;
  return (
    <Group component="nav" aria-label={t`Pages`} justify="space-between" p="sm" gap="sm">
      <Text size="sm" c="dimmed" role="status">
        {summary}
      </Text>
      {(back || on) && (
        <Group gap="xs">
          {back && (
            <Button size="xs" variant="subtle" onClick={() => go({})}>
              {t`First`}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            disabled={!back}
            leftSection={<ChevronLeft size={14} aria-hidden />}
            onClick={() => go({ before: info.startCursor ?? undefined })}
          >
            {t`Previous`}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!on}
            rightSection={<ChevronRight size={14} aria-hidden />}
            onClick={() => go({ after: info.endCursor ?? undefined })}
          >
            {t`Next`}
          </Button>
        </Group>
      )}
    </Group>
  );
}

/** The arguments of a connection for a place in its pages. */
export function pageArguments(at: Cursors, size: number) {
  return at.before ? { last: size, before: at.before } : { first: size, after: at.after };
}
