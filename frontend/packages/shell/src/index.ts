export { LocaleProvider, useLocale } from "./locale";
export { Logo } from "./Logo";
export { reasonOf } from "./reasons";
export { LocaleSwitch, SchemeSwitch } from "./preferences";
export { type Me, type Role, Session, useLogOut, useSession } from "./session";
export { start } from "./start";
