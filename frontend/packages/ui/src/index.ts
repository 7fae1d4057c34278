export { Badge, StatusBadge } from "./badges";
export { Dialog } from "./dialog";
export { Card, Facts, Page } from "./layout";
export { type Command, CommandPalette } from "./palette";
export { Empty, Failed, Loading, Notice, type Trouble } from "./states";
export { type Column, DataTable, isTyping, type Selection } from "./table";
export { cssVariables, theme } from "./theme";
export { type Tone, toneOf } from "./tones";
export { Ago, DateTime, Money, useNow } from "./values";
