import { graphql, useFeed, useLive, usePace, useSoon } from "@crossdock/api";
import { Logo, SchemeSwitch } from "@crossdock/shell";
import { isTyping } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { AppShell, Badge, Burger, Group, Kbd, NavLink, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure, useHotkeys } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { ALERT_FEED } from "../lib/feeds";
import { LiveMark } from "./LiveMark";
import { useGoKeys, useScreens } from "./navigation";

/** What floats above the page is not needed to draw it. */
const Account = lazy(async () => ({ default: (await import("./Account")).Account }));
const Help = lazy(async () => ({ default: (await import("./Help")).Help }));
const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));

const OPEN_ALERTS = graphql(`
  query OpenAlerts {
    alerts(filter: { cleared: false }, first: 1) {
      totalCount
      nodes {
        id
      }
    }
  }
`);

export function Shell() {
  const [menu, { toggle, close }] = useDisclosure();
  const [palette, paletteOpen] = useDisclosure();
  const [help, helpOpen] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(close, [path, close]);
  useGoKeys();
  useHotkeys(
    [
      ["mod+K", paletteOpen.toggle],
      ["shift+?", helpOpen.open],
    ],
    [],
  );
  useEffect(() => {
    function slash(event: KeyboardEvent) {
      if (event.key !== "/" || isTyping(event.target) || event.ctrlKey || event.metaKey) return;
      const search = document.querySelector<HTMLInputElement>("[data-screen-search]");
      event.preventDefault();
      if (search) search.focus();
      else paletteOpen.open();
    }
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, [paletteOpen]);

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 224, breakpoint: "sm", collapsed: { mobile: !menu } }}
      padding="lg"
      transitionDuration={0}
    >
      <a className="skip" href="#main">
        {t`Skip to the content`}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="md" wrap="nowrap">
          <Burger opened={menu} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t`Menu`} />
          <Group gap={10} wrap="nowrap" w={176} visibleFrom="sm">
            <Logo />
            <Text fw={700} fz={17} span>
              Crossdock
            </Text>
          </Group>
          <UnstyledButton className="seek" onClick={paletteOpen.open} aria-keyshortcuts="Control+K Meta+K">
            <Search size={15} aria-hidden />
            <span>{t`Find an order, or go to a screen`}</span>
            <Kbd size="xs" visibleFrom="sm">
              Ctrl K
            </Kbd>
          </UnstyledButton>
          <Group gap="xs" wrap="nowrap" ml="auto">
            <LiveMark />
            <SchemeSwitch />
            <Suspense fallback={<span className="account-space" />}>
              <Account onHelp={helpOpen.open} />
            </Suspense>
          </Group>
        </Group>
      </AppShell.Header>
      <Navigation />
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Suspense>
        <Palette opened={palette} onClose={paletteOpen.close} onHelp={helpOpen.open} />
        <Help opened={help} onClose={helpOpen.close} />
      </Suspense>
    </AppShell>
  );
}

function Navigation() {
  const { data, refresh } = useLive(OPEN_ALERTS, {}, { every: usePace(10), types: ["Alert"] });
  const soon = useSoon(refresh, 0.5);
  useFeed(ALERT_FEED, {}, { next: soon, missed: soon, cursor: (message) => message.alerts.cursor });
  const path = useRouterState({ select: (state) => state.location.pathname });
  const screens = useScreens();
  const groups = [...new Set(screens.map((screen) => screen.group))];
  const open = data?.alerts.totalCount ?? 0;
  return (
    <AppShell.Navbar aria-label={t`Screens`} p="xs">
      <AppShell.Section grow style={{ overflowY: "auto" }}>
        {groups.map((group) => (
          <div key={group}>
            {group && (
              <Text size="xs" fw={600} c="dimmed" px="sm" pt="md" pb={4}>
                {group}
              </Text>
            )}
            {screens
              .filter((screen) => screen.group === group)
              .map((screen) => {
                const active = screen.to === "/" ? path === "/" : path.startsWith(screen.to);
                return (
                  <NavLink
                    key={screen.to}
                    component={Link}
                    to={screen.to}
                    label={screen.title}
                    leftSection={<screen.Icon size={17} strokeWidth={1.8} aria-hidden />}
                    rightSection={
                      screen.to === "/alerts" && open > 0 ? (
                        <Badge size="sm" variant="default" aria-label={t`${open} open`}>
                          {open > 99 ? "99+" : open}
                        </Badge>
                      ) : undefined
                    }
                    active={active}
                    variant="subtle"
                    color="dock"
                    className="nav"
                  />
                );
              })}
          </div>
        ))}
      </AppShell.Section>
    </AppShell.Navbar>
  );
}
