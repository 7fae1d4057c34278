import { graphql, useLive } from "@crossdock/api";
import { formatMoney, label } from "@crossdock/i18n";
import { type Command, CommandPalette } from "@crossdock/ui";
import { t } from "@lingui/core/macro";
import { useMantineColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { Keyboard, Moon, Search, ShoppingCart, Sun } from "lucide-react";
import { useState } from "react";
import { useScreens } from "./navigation";

const FIND = graphql(`
  query PaletteOrders($query: String!) {
    orders(query: $query, sort: RELEVANCE, first: 6) {
      nodes {
        id
        number
        state
        customer {
          id
          name
        }
        totals {
          total {
            amount
            currency
          }
        }
      }
    }
  }
`);

interface PaletteProps {
  opened: boolean;
  onClose: () => void;
  onHelp: () => void;
}

export function Palette({ opened, onClose, onHelp }: PaletteProps) {
  const navigate = useNavigate();
  const screens = useScreens();
  const { setColorScheme } = useMantineColorScheme();
  const [typed, setTyped] = useState("");
  const [query] = useDebouncedValue(typed.trim(), 200);
  const pause = !opened || query.length < 2;
  const { data, fetching } = useLive(FIND, { query }, { pause });

  function find(text: string): Command[] {
    const words = text.trim().toLowerCase();
    const fixed: Command[] = [
      ...screens.map((screen) => ({
        id: `go${screen.key}`,
        group: t`Go to`,
        title: screen.title,
        hint: `g ${screen.key}`,
        icon: <screen.Icon size={16} aria-hidden />,
        run: () => void navigate({ to: screen.to }),
      })),
      { id: "light", group: t`Settings`, title: t`Light colours`, icon: <Sun size={16} aria-hidden />, run: () => setColorScheme("light") },
      { id: "dark", group: t`Settings`, title: t`Dark colours`, icon: <Moon size={16} aria-hidden />, run: () => setColorScheme("dark") },
      { id: "keys", group: t`Settings`, title: t`Keyboard`, hint: "?", icon: <Keyboard size={16} aria-hidden />, run: onHelp },
    ];
    const matching = fixed.filter((command) => command.title.toLowerCase().includes(words));
    if (words.length < 2) return matching;
    const orders = pause || !data ? [] : data.orders.nodes;
    return [
      ...orders.map((order) => ({
        id: order.number.replace(/\W/g, "_"),
        group: t`Orders`,
        title: `${order.number} · ${order.customer?.name ?? "–"}`,
        hint: `${label("OrderState", order.state)} · ${formatMoney(order.totals.total)}`,
        icon: <ShoppingCart size={16} aria-hidden />,
        run: () => void navigate({ to: "/orders/$number", params: { number: order.number } }),
      })),
      ...matching,
      {
        id: "search",
        group: t`Search`,
        title: t`Search all orders for “${text.trim()}”`,
        icon: <Search size={16} aria-hidden />,
        run: () => void navigate({ to: "/orders", search: { q: text.trim() } }),
      },
    ];
  }

  return <CommandPalette opened={opened} onClose={onClose} find={find} onQuery={setTyped} busy={fetching} />;
}
