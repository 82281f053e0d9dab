/** Other names of the four roles, that no tool reads and everybody understands. */
import type { Message } from '../../contracts/row.ts';

const NAMES: Readonly<Record<Message['role'], readonly string[]>> = {
  user: ['user', 'human', 'customer', 'client', 'student', 'questioner', 'person', '用户', '问', '人类'],
  assistant: [
    'assistant',
    'bot',
    'chatbot',
    'ai',
    'model',
    'gpt',
    'chatgpt',
    'agent',
    'teacher',
    '助手',
    '答',
    '机器人',
  ],
  system: ['system', 'developer', '系统'],
  tool: ['tool', 'function', 'observation', 'tool_result'],
};
const ROLES = Object.entries(NAMES) as [Message['role'], readonly string[]][];

/** The role that a name in any case means, null where it is none of these. */
export const meantRole = (name: unknown): Message['role'] | null => {
  if (typeof name !== 'string') return null;
  const plain = name.trim().toLowerCase();
  return ROLES.find(([, names]) => names.includes(plain))?.[0] ?? null;
};

export const roleFault = (name: unknown): 'role_alias' | 'unknown_role' =>
  meantRole(name) === null ? 'unknown_role' : 'role_alias';
