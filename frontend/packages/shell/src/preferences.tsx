import { isLocale, LOCALES } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";
import { ActionIcon, NativeSelect, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { Moon, Sun } from "lucide-react";
import { useLocale } from "./locale";

export function LocaleSwitch() {
  const { locale, choose } = useLocale();
  return (
    <NativeSelect
      size="xs"
      aria-label={t`Language`}
      value={locale}
      onChange={(event) => isLocale(event.currentTarget.value) && choose(event.currentTarget.value)}
      data={Object.entries(LOCALES).map(([value, label]) => ({ value, label }))}
    />
  );
}

export function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const dark = scheme === "dark";
  return (
    <ActionIcon
      variant="default"
      size={34}
      aria-label={dark ? t`Light colours` : t`Dark colours`}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <Sun size={17} aria-hidden /> : <Moon size={17} aria-hidden />}
    </ActionIcon>
  );
}
