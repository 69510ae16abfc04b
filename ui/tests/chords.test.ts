import { act, renderHook } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { type Command, useCommandKeys, useCommands } from "../src/commands/registry";

const command = (id: string, keys: string, run: () => void): Command => ({ id, title: id, group: "go", keys, run });

describe("chords", () => {
  it("a chord survives data that arrives, and registers commands anew, between its keys", async () => {
    const user = userEvent.setup();
    const go = vi.fn();
    const single = vi.fn();
    const lists = [0, 1].map(() => [command("go", "g c", go), command("single", "x", single)]);
    const { rerender } = renderHook(
      ({ at }) => {
        useCommands(lists[at] ?? []);
        useCommandKeys();
      },
      { initialProps: { at: 0 } },
    );
    await user.keyboard("xg");
    act(() => rerender({ at: 1 }));
    await user.keyboard("c");
    expect(go).toHaveBeenCalledOnce();
    // What ran before is not run again.
    expect(single).toHaveBeenCalledOnce();
    await user.keyboard("c");
    expect(go).toHaveBeenCalledOnce();
  });

  it("a chord comes before the single key it ends with, whichever was registered first", async () => {
    const user = userEvent.setup();
    const go = vi.fn();
    const single = vi.fn();
    const list = [command("single", "c", single), command("go", "g c", go)];
    renderHook(() => {
      useCommands(list);
      useCommandKeys();
    });
    await user.keyboard("gc");
    expect(go).toHaveBeenCalledOnce();
    expect(single).not.toHaveBeenCalled();
    await user.keyboard("c");
    expect(single).toHaveBeenCalledOnce();
  });
});
