import { isLocale, label, LOCALES } from "@crossdock/i18n";
import { useLocale, useLogOut, useSession } from "@crossdock/shell";
import { t } from "@lingui/core/macro";
import { Button, Menu, Text } from "@mantine/core";
import { Check, ChevronDown, Keyboard, LogOut, Mail } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { complain } from "../lib/tell";

const Digest = lazy(async () => ({ default: (await import("./Digest")).Digest }));

export function Account({ onHelp }: { onHelp: () => void }) {
  const { me } = useSession();
  const { locale, choose } = useLocale();
  const logOut = useLogOut(complain);
  const [digest, setDigest] = useState(false);
  return (
    <>
      <Suspense>{digest && <Digest onClose={() => setDigest(false)} />}</Suspense>
      <Menu position="bottom-end" width={250} withinPortal>
        <Menu.Target>
          <Button variant="default" h={34} px={10} rightSection={<ChevronDown size={14} aria-hidden />} aria-label={`${initials(me.name)}, ${t`account of ${me.name}`}`}>
            {initials(me.name)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <div style={{ padding: "8px 12px" }}>
            <Text size="sm" fw={600}>
              {me.name}
            </Text>
            <Text size="xs" c="dimmed">
              {me.email}
            </Text>
            <Text size="xs" c="dimmed" mt={4}>
              {me.roles.map((role) => label("Role", role)).join(", ")}
            </Text>
          </div>
          <Menu.Divider />
          {Object.entries(LOCALES).map(([value, name]) => (
            <Menu.Item
              key={value}
              lang={value}
              leftSection={value === locale ? <Check size={15} aria-hidden /> : <span style={{ width: 15 }} />}
              aria-current={value === locale || undefined}
              onClick={() => isLocale(value) && choose(value)}
            >
              {name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<Mail size={15} aria-hidden />} onClick={() => setDigest(true)}>
            {t`Digest of alerts`}
          </Menu.Item>
          <Menu.Item leftSection={<Keyboard size={15} aria-hidden />} onClick={onHelp}>
            {t`Keyboard`}
          </Menu.Item>
          <Menu.Item leftSection={<LogOut size={15} aria-hidden />} onClick={() => void logOut()}>
            {t`Log out`}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

export function initials(name: string): string {
  const parts = name.trim().split(/\s+/);
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "")).toUpperCase();
}
