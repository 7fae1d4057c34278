import { formatNumber } from "@crossdock/i18n";
import { t } from "@lingui/core/macro";
import { Group, Text } from "@mantine/core";

export interface Bar {
  label: string;
  value: number;
  shown: string;
  orders: number;
  units: number;
}

/** A few bars need no library. The same numbers are in a table for those who do not see bars. */
export function SalesChart({ bars, currency }: { bars: Bar[]; currency: string }) {
  const most = Math.max(...bars.map((bar) => bar.value), 1);
  const orders = bars.reduce((sum, bar) => sum + bar.orders, 0);
  const units = bars.reduce((sum, bar) => sum + bar.units, 0);
  const every = Math.ceil(bars.length / 7);
  return (
    <div>
      <Group gap="lg" mb="xs">
        <Text size="sm">
          <b>{formatNumber(orders)}</b> {t`orders`}
        </Text>
        <Text size="sm">
          <b>{formatNumber(units)}</b> {t`units`}
        </Text>
        <Text size="sm" c="dimmed">
          {t`Revenue by day in ${currency}`}
        </Text>
      </Group>
      <div className="bars" aria-hidden>
        {bars.map((bar, place) => (
          <div key={bar.label + bar.shown} className="bar" title={`${bar.label}: ${bar.shown}`}>
            <div className="bar-space">
              <div className="bar-fill" style={{ height: `${Math.max((bar.value / most) * 100, bar.value > 0 ? 2 : 0)}%` }} />
            </div>
            <span>{place % every === 0 ? bar.label : ""}</span>
          </div>
        ))}
      </div>
      <div className="cd-hidden">
      <table>
        <caption>{t`Revenue by day in ${currency}`}</caption>
        <thead>
          <tr>
            <th scope="col">{t`Day`}</th>
            <th scope="col">{t`Orders`}</th>
            <th scope="col">{t`Units`}</th>
            <th scope="col">{t`Revenue`}</th>
          </tr>
        </thead>
        <tbody>
          {bars.map((bar) => (
            <tr key={bar.label + bar.shown}>
              <th scope="row">{bar.label}</th>
              <td>{bar.orders}</td>
              <td>{bar.units}</td>
              <td>{bar.shown}</td>
            </tr>
          ))}
        </tbody>
      </table>
      </div>
    </div>
  );
}
