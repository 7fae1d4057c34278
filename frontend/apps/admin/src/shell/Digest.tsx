import { type Enum, graphql, type ResultOf, useAction, useLive } from "@crossdock/api";
import { label, timeZone, values } from "@crossdock/i18n";
import { Ago, DateTime, Dialog, Failed, Loading, Notice } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Stack, Text } from "@mantine/core";
import { FormDialog } from "../lib/command";

const DIGEST = graphql(`query AlertDigest { alertDigest { pace hour timezone severityFrom nextAt sentAt failure possible } }`);
const DIGEST_SET = graphql(`mutation AlertDigestSet($input: AlertDigestInput!) { alertDigestSet(input: $input) { alertDigest { pace } userErrors { code message path } } }`);

type Chosen = NonNullable<ResultOf<typeof DIGEST>["alertDigest"]>;

/** Whether and when one gets the new alerts as one mail. */
export function Digest({ onClose }: { onClose: () => void }) {
  const { data, fault, refresh } = useLive(DIGEST, {}, { types: ["AlertDigest"] });
  const title = t`Digest of alerts`;
  if (!data?.alertDigest) {
    return (
      <Dialog title={title} opened onClose={onClose}>
        {fault ? <Failed trouble={fault} retry={refresh} /> : <Loading rows={4} />}
      </Dialog>
    );
  }
  return <Choice title={title} chosen={data.alertDigest} onClose={onClose} />;
}

function Choice({ title, chosen, onClose }: { title: string; chosen: Chosen; onClose: () => void }) {
  const set = useAction(DIGEST_SET);
  const isNew = chosen.pace === "OFF" && !chosen.sentAt;
  const zone = isNew ? timeZone() : chosen.timezone;
  const zones = [...new Set([zone, "UTC", ...Intl.supportedValuesOf("timeZone")])];
  const hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: `${String(hour).padStart(2, "0")}:00` }));
  return (
    <FormDialog
      title={title}
      intro={<Standing chosen={chosen} />}
      fields={[
        { name: "pace", label: t`How often`, kind: "choice", initial: chosen.pace, options: listed("DigestPace") },
        { name: "hour", label: t`At`, kind: "choice", initial: String(chosen.hour), options: hours, hint: t`Once a day, at this hour of the time zone` },
        { name: "timezone", label: t`Time zone`, kind: "choice", initial: zone, options: zones.map((value) => ({ value, label: value })) },
        { name: "severityFrom", label: t`From this priority on`, kind: "choice", initial: chosen.severityFrom, options: listed("AlertSeverity") },
      ]}
      submit={t`Save`}
      done={t`Your digest is set.`}
      onClose={onClose}
      send={(form) => {
        const pace = form.text("pace") as Enum<"DigestPace">;
        const severityFrom = form.text("severityFrom") as Enum<"AlertSeverity">;
        return set.run({ input: { pace, severityFrom, hour: form.count("hour"), timezone: form.text("timezone") } });
      }}
    />
  );
}

function listed(words: "DigestPace" | "AlertSeverity") {
  return values(words).map((value) => ({ value, label: label(words, value) }));
}

function Standing({ chosen }: { chosen: Chosen }) {
  return (
    <Stack gap="xs">
      <Text size="sm">{t`Alerts that are open and new since the last mail, all in one. Where there are none, no mail is sent.`}</Text>
      {!chosen.possible && <Notice tone="warn">{t`This server sends no mail: no mail server is set.`}</Notice>}
      {chosen.failure && <Notice tone="warn">{t`The last one has not been sent: ${chosen.failure}`}</Notice>}
      {(chosen.nextAt || chosen.sentAt) && (
        <Text size="sm" c="dimmed">
          {chosen.nextAt && (
            <>
              {t`Next:`} <DateTime at={chosen.nextAt} />
            </>
          )}
          {chosen.nextAt && chosen.sentAt && " · "}
          {chosen.sentAt && (
            <>
              {t`Last sent`} <Ago at={chosen.sentAt} />
            </>
          )}
        </Text>
      )}
    </Stack>
  );
}
