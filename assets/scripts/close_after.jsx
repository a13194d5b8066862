// Closes a dialog when its work is done once more: when `times` becomes another number.
import { useEffect } from "react";

export function CloseAfter({ dialog, times }) {
  useEffect(() => document.getElementById(dialog)?.close(), [times]);
  return null;
}
