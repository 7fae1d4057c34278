import { Dialog } from "@crossdock/ui";
import { LocaleSwitch, Logo, SchemeSwitch, useLogOut, useSession } from "@crossdock/shell";
import { t } from "@lingui/core/macro";
import { ActionIcon, Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import { CloudOff, PackageOpen, Undo2, UserRound } from "lucide-react";
import { type MouseEvent, type ReactNode, useState } from "react";
import { useKept } from "./kept";
import { go, hrefOf, useRoute } from "./route";
import { SitesToChooseFrom } from "./screens/Sites";
import { JobScreen } from "./screens/Job";
import { Outgoing } from "./screens/Outgoing";
import { TakeBack } from "./screens/TakeBack";
import { WorkList } from "./screens/WorkList";
import { AtSite, chosenSite, useStore } from "./state";

/** The app for the people in stores and at packing tables. */
export function Store() {
  const { me } = useSession();
  const kept = useKept(chosenSite);
  const site = me.sites.length > 0 ? (me.sites.find((one) => one.code === kept?.code) ?? me.sites[0]) : kept;
  if (!site) {
    return (
      <main className="page">
        <SitesToChooseFrom />
      </main>
    );
  }
  return (
    <AtSite key={site.code} site={site}>
      <Head />
      <main className="page" id="main">
        <Screen />
      </main>
      <Tabs />
    </AtSite>
  );
}

function Screen() {
  const [first, second] = useRoute();
  switch (first) {
    case "job":
      return <JobScreen number={second ?? ""} />;
    case "returns":
      return <TakeBack number={second} />;
    case "outgoing":
      return <Outgoing />;
    default:
      return <WorkList />;
  }
}

function Head() {
  const { site, offline } = useStore();
  const [account, setAccount] = useState(false);
  return (
    <header className="head">
      <Logo size={28} />
      <Text fw={650} truncate style={{ flex: 1 }}>
        {site.name}
      </Text>
      {offline && (
        <Group gap={6} wrap="nowrap" role="status" className="offline">
          <CloudOff size={18} aria-hidden />
          <Text size="sm">{t`No connection`}</Text>
        </Group>
      )}
      <ActionIcon variant="default" size={44} aria-label={t`Account and site`} onClick={() => setAccount(true)}>
        <UserRound size={20} aria-hidden />
      </ActionIcon>
      {account && <Account onClose={() => setAccount(false)} />}
    </header>
  );
}

function Account({ onClose }: { onClose: () => void }) {
  const { me } = useSession();
  const { site } = useStore();
  const [problem, setProblem] = useState<string | null>(null);
  const logOut = useLogOut(setProblem);
  return (
    <Dialog title={me.name} opened onClose={onClose}>
      <Stack>
        {me.sites.length > 1 && (
          <NativeSelect
            label={t`Site`}
            size="md"
            value={site.code}
            onChange={(event) => {
              chosenSite.set(me.sites.find((one) => one.code === event.currentTarget.value) ?? null);
              go();
            }}
            data={me.sites.map((one) => ({ value: one.code, label: one.name }))}
          />
        )}
        {me.sites.length === 0 && (
          <Button variant="default" size="md" onClick={() => chosenSite.set(null)}>
            {t`Another site`}
          </Button>
        )}
        <Group justify="space-between">
          <LocaleSwitch />
          <SchemeSwitch />
        </Group>
        {problem && (
          <Text c="var(--cd-bad)" role="alert">
            {problem}
          </Text>
        )}
        <Button variant="default" size="md" onClick={() => void logOut()}>
          {t`Log out`}
        </Button>
      </Stack>
    </Dialog>
  );
}

function Tabs() {
  const [first = ""] = useRoute();
  const { outbox } = useStore();
  const waiting = useKept(outbox.deeds).filter((deed) => deed.state !== "sent");
  const refused = waiting.some((deed) => deed.state === "refused");
  return (
    <nav className="tabs" aria-label={t`Screens`}>
      <Tab to="" active={first === "" || first === "job"} icon={<PackageOpen size={22} aria-hidden />} name={t`Work`} />
      <Tab to="returns" active={first === "returns"} icon={<Undo2 size={22} aria-hidden />} name={t`Returns`} />
      <Tab
        to="outgoing"
        active={first === "outgoing"}
        icon={<CloudOff size={22} aria-hidden />}
        name={t`Not sent`}
        mark={waiting.length > 0 ? <span className="mark" data-bad={refused || undefined}>{waiting.length}</span> : null}
      />
    </nav>
  );
}

function Tab({ to, active, icon, name, mark }: { to: string; active: boolean; icon: ReactNode; name: string; mark?: ReactNode }) {
  return (
    <a className="tab" href={to ? hrefOf(to) : hrefOf()} aria-current={active ? "page" : undefined} onClick={(event) => follow(event, ...(to ? [to] : []))}>
      <span className="tab-icon">
        {icon}
        {mark}
      </span>
      {name}
    </a>
  );
}

/** A link of ours: no new page for a plain click. */
export function follow(event: MouseEvent, ...parts: string[]) {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(...parts);
}
