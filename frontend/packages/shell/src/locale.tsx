import { activate, isLocale, keepLocale, type Locale } from "@crossdock/i18n";
import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createContext, Fragment, type ReactNode, use, useMemo, useState } from "react";

interface Choice {
  locale: Locale;
  choose: (locale: Locale) => void;
}

const LocaleContext = createContext<Choice>({ locale: "en", choose: () => {} });
export const useLocale = () => use(LocaleContext);

/** Another language draws everything anew: messages are read while rendering, wherever that is. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [locale, setLocale] = useState<Locale>(isLocale(i18n.locale) ? i18n.locale : "en");
  const choice = useMemo<Choice>(
    () => ({
      locale,
      choose: (next) => {
        void activate(next).then(() => {
          keepLocale(next);
          setLocale(next);
        });
      },
    }),
    [locale],
  );
  return (
    <LocaleContext value={choice}>
      <I18nProvider i18n={i18n}>
        <Fragment key={locale}>{children}</Fragment>
      </I18nProvider>
    </LocaleContext>
  );
}
