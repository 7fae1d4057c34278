import { Empty, Loading, Notice, Page } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";

export function ScreenLoading() {
  return <Loading rows={8} />;
}

export function ScreenFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  // A screen's file is gone where a newer version was installed: only a reload finds the new ones.
  const moved = /import|module|fetch/i.test(message);
  return (
    <Notice
      tone="bad"
      action={
        <Button size="xs" variant="default" onClick={() => (moved ? location.reload() : reset())}>
          {moved ? t`Reload the page` : t`Try again`}
        </Button>
      }
    >
      {moved ? t`This screen could not be loaded. Perhaps a newer version was installed.` : t`This screen has a fault: ${message}`}
    </Notice>
  );
}

export function NotFound() {
  return (
    <Page title={t`There is nothing at this address`}>
      <Empty
        title={t`Perhaps it has moved`}
        action={
        <Button component={Link} to="/" variant="default" size="xs">
          {t`To the dashboard`}
        </Button>
        }
      />
    </Page>
  );
}
