import { graphql, useLive } from "@crossdock/api";
import { formatNumber, label } from "@crossdock/i18n";
import { Card, DataTable } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { Text } from "@mantine/core";
import { aboutText } from "./sales";
import { Shown } from "../../lib/Shown";

const SERVICE_LEVELS = graphql(`
  query ServiceLevels($days: Int!, $channel: [String!]) {
    dashboard {
      serviceLevels(days: $days, channel: $channel) {
        step
        done
        due
        inTime
        p50Seconds
        p95Seconds
      }
    }
  }
`);

/** How long steps took that were done in the last days, and how often they were in time. */
export function ServiceLevels({ days, channel }: { days: number; channel?: string }) {
  const { data, fault, loading, refresh } = useLive(SERVICE_LEVELS, { days, channel: channel ? [channel] : null }, { every: 60 });
  const levels = data?.dashboard.serviceLevels;
  return (
    <Card title={t`Service levels`} flush>
      <Shown live={{ fault, loading, refresh }} found={levels} rows={4} empty={null}>
        {(levels) => (
          <>
            <DataTable
              dense
              label={t`Times of steps`}
              rows={levels}
              rowId={(row) => row.step}
              columns={[
                { id: "step", header: t`Step`, heading: true, cell: (row) => label("ServiceStep", row.step) },
                { id: "done", header: t`Done`, align: "right", cell: (row) => formatNumber(row.done) },
                {
                  id: "inTime",
                  header: t`In time`,
                  align: "right",
                  nowrap: true,
                  cell: (row) => (row.due > 0 ? t`${formatNumber(Math.floor((row.inTime / row.due) * 1_000) / 10)} % of ${formatNumber(row.due)}` : "–"),
                },
                { id: "half", header: t`Half of them within`, align: "right", nowrap: true, cell: (row) => (row.p50Seconds === null ? "–" : aboutText(row.p50Seconds)) },
                { id: "most", header: t`95 % within`, align: "right", nowrap: true, cell: (row) => (row.p95Seconds === null ? "–" : aboutText(row.p95Seconds)) },
              ]}
            />
            <Text className="cd-card-body" size="xs" c="dimmed">
              {t`In time: an approval within a day, a shipment by when its site has to ship, a hand-over and an order by what was promised. Times are to within a tenth.`}
            </Text>
          </>
        )}
      </Shown>
    </Card>
  );
}
