import type { Message } from '../../contracts/row.ts';
import { excerptOf } from '../place.ts';
import { inDialogues, quarantines, type RowCheck } from './check.ts';
import { HAS } from './view.ts';

/** A call that the answer has in its text, as Hermes and ToolACE write them. */
const isWritten = ({ role, content }: Message): boolean =>
  role === 'assistant' && /[[({<]/.test(content ?? '');

export const orphanToolResult: RowCheck = {
  code: 'orphan_tool_result',
  needs: HAS.tools,
  ...quarantines,
  message: 'A tool answers a call that nobody made',
  fix: 'Put the call before it, with the same id as tool_call_id, or remove the result',
  find: (view) =>
    inDialogues(view, ({ messages }) =>
      messages.flatMap(({ role, tool_call_id }, message, all) => {
        if (role !== 'tool') return [];
        const asked = all.slice(0, message).findLast((before) => before.role !== 'tool');
        const ids = (asked?.tool_calls ?? []).map(({ id }) => id).filter((id) => id !== undefined);
        const known = tool_call_id === undefined || ids.length === 0 || ids.includes(tool_call_id);
        const written = asked && tool_call_id === undefined && isWritten(asked);
        return (asked?.tool_calls && known) || written
          ? []
          : [
              {
                message,
                below: tool_call_id === undefined ? '/role' : '/tool_call_id',
                excerpt: excerptOf(tool_call_id ?? 'tool'),
              },
            ];
      }),
    ),
};
