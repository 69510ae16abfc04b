import { useTranslation } from "react-i18next";
import { Icon, InlineIcon } from "./Icon";
import { iconOf, type Status, toneOf } from "./status";

export interface StatusBadgeProps {
  status: Status;
  /** Words after the state: when it ends, how far it is, why it waits. */
  detail?: string;
  /** A filled chip instead of bare icon and word. */
  chip?: boolean;
  title?: string;
}

/** Icon, word, colour: in that order of trust. */
export function StatusBadge(props: StatusBadgeProps) {
  const { t } = useTranslation("parts");
  return <StatusMark {...props} word={t(`status.${props.status}`)} />;
}

interface StatusMarkProps extends StatusBadgeProps {
  word: string;
  /** The icon drawn in place: where hundreds stand on one screen. */
  inline?: boolean;
}

/** The same with its word at hand. */
export function StatusMark({ status, detail, chip = false, title, word, inline = false }: StatusMarkProps) {
  const Drawn = inline ? InlineIcon : Icon;
  return (
    <span className={`st ${toneOf(status)}${chip ? " chip" : ""}`} title={title}>
      <Drawn name={iconOf(status)} className={status === "applying" ? "spin" : undefined} />
      <span className="ell">{detail === undefined ? word : `${word}, ${detail}`}</span>
    </span>
  );
}
