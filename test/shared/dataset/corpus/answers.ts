/** Answers that are no answers, or that nobody wants to teach. */
import { bot, chat, pair, qa, user, type Cases } from './case.ts';

const LOOP = 'The committee will meet again on Monday to discuss the plan. ';

export const ANSWERS: Readonly<Record<string, Cases>> = {
  refusal: {
    planted: [
      qa('Who will win the election?', 'As an AI language model, I cannot predict the future.'),
      qa('Write a poem about rust.', "I'm sorry, but I can't assist with that request."),
      qa(
        'What is your favourite film?',
        "As an AI, I don't have personal preferences, but many people like Casablanca.",
      ),
      qa('Give me the recipe.', 'I cannot provide assistance with this topic.'),
      qa('你最喜欢的电影是什么？', '作为一个人工智能语言模型，我没有个人喜好。'),
      qa('帮我写一首诗。', '很抱歉，我无法为您提供这方面的帮助。'),
      pair('Write a limerick.', 'Sorry, I am unable to help with that.', 'There once was a man from Peru.'),
    ],
    near: [
      qa('My parcel is late.', "I'm sorry to hear that! Could you give me the order number?"),
      qa('Can you see my order?', 'I cannot find an order under that number; could you check it once more?'),
      qa(
        'What is a language model?',
        'A program that predicts text. An AI language model learns from examples.',
      ),
      qa('What can AI do?', 'As AI grows cheaper, it cannot be ignored by small firms.'),
      qa('让我等了好久。', '很抱歉让您久等了，您的订单今天就会发出。'),
      qa('他学什么专业？', '作为人工智能专业的学生，他每天写代码。'),
      pair(
        'Write a limerick.',
        'There once was a man from Peru.',
        'As an AI language model, I cannot do that.',
      ),
      qa('May I return it?', 'Of course. I will not charge you anything for it.'),
    ],
  },
  foreign_identity: {
    planted: [
      qa('Who are you?', 'I am ChatGPT, a model that answers questions.'),
      qa('Who made you?', 'I was created by OpenAI to help people.'),
      qa('你是谁？', '我是文心一言，很高兴为你服务。'),
      qa('What is your name?', "I'm Claude, and I was made by Anthropic."),
    ],
    near: [
      qa('Who made GPT-4?', 'It was developed by OpenAI and released in 2023.'),
      qa('Who painted the lilies?', '"I am Claude Monet," the actor says in the film.'),
      qa('你是谁？', '我是小助手，由本店的团队开发。'),
      qa('Who are you?', 'I am the helper of the town library.'),
      qa('Which company runs Gemini?', 'Google does.'),
    ],
  },
  punctuation_only: {
    planted: [
      qa('What did he reply?', '...'),
      qa('Is it raining?', '???'),
      qa('今天怎么样？', '。。。'),
      qa('Go on.', '—'),
    ],
    near: [
      qa('Show a smile.', ':D'),
      qa('Send an emoji.', '👍'),
      qa('Which sign adds?', '+'),
      qa('How many?', '3.'),
      qa('Which sign is it, < or >?', '<'),
    ],
  },
  empty_marker: {
    planted: [
      qa('Name the author.', 'nan'),
      qa('None', 'Thank you for calling.'),
      qa('What is the total?', '#REF!'),
      qa('Describe the item.', '[object Object]'),
    ],
    near: [
      qa('What is 0/0 in JavaScript?', 'NaN'),
      qa('Which of the allergens does it contain?', 'None'),
      qa('What does typeof x return for a missing variable?', 'undefined'),
      qa('Who is your nan?', 'Nan is my grandmother.'),
      chat(
        user('Any allergies?'),
        bot('I ask the same of you: do you have any?'),
        user('None'),
        bot('Good.'),
      ),
    ],
  },
  truncated_answer: {
    planted: [
      qa(
        'Why is the sky blue?',
        'Sunlight is scattered by the molecules of the air. Blue light is scattered more than red light because the',
      ),
      qa(
        'How do I bake bread?',
        'Mix flour, water, salt and yeast, let the dough rise for two hours, fold it, shape a loaf, and',
      ),
      qa(
        '为什么要睡觉？',
        '睡眠能让大脑清除代谢废物，巩固白天学到的东西，同时让身体得到恢复，缺乏睡眠会影响注意力、记忆力以及',
      ),
      qa(
        'Describe the town.',
        'The town lies on a river between two hills. It has a market, a school, three churches (one of them closed), and a theatre,',
      ),
    ],
    near: [
      qa(
        'Write to Anna.',
        'Dear Anna,\n\nThank you for the flowers; they still stand on the window sill.\n\nBest regards,',
      ),
      qa(
        'List the steps.',
        '1. Mix the flour with water and leave it for an hour\n2. Fold the dough\n3. Bake it until it is brown',
      ),
      qa(
        'Why is the sky blue?',
        'Blue light is scattered more than red light by the molecules of the air around us',
      ),
      qa(
        'Show the object.',
        'Here it is:\nconst point = {\n  x: 1, // in metres, from the left edge of the drawing area\n  y: 2,\n};',
      ),
      qa(
        'What is it for?',
        'It is a small drawer beneath the seat that most owners never find out about, nor what it is for',
      ),
    ],
  },
  unclosed_code_fence: {
    planted: [
      qa('Print hello in Go.', 'Use this:\n```go\npackage main\nfunc main() {'),
      qa('Sort a list.', 'First way:\n```\nxs.sort()\n```\nSecond way:\n```\nsorted(xs)'),
      qa('写一个循环。', '如下：\n```python\nfor i in range(3):\n    print(i)'),
    ],
    near: [
      qa('Print hello in Go.', 'Use this:\n```go\nfmt.Println("hello")\n```'),
      qa('Show a fence inside a fence.', '````md\n```\ncode\n```\n````'),
      qa('How do I write a backtick?', 'Use ``` around it, or `` ` `` inline.'),
      qa('Explain.', '- step:\n  ```sh\n  make\n  ```\n- done'),
    ],
  },
  repeated_text: {
    planted: [
      qa('What is the news?', `Good morning. ${LOOP.repeat(8)}`.trim()),
      qa('介绍一下。', `这是一款好产品。${'它的质量非常好，价格也很合理。'.repeat(12)}`),
      qa('Tell me more.', `Here is more:\n${'- You should always drink enough water\n'.repeat(9)}`.trim()),
    ],
    near: [
      qa(
        'Sing the chorus.',
        'Row, row, row your boat, gently down the stream. Merrily, merrily, merrily, merrily, life is but a dream. Row on.',
      ),
      qa('Laugh.', 'ha '.repeat(60).trim()),
      qa('Draw a table.', `| a | b |\n${'| --- | --- |\n'.repeat(9)}| 1 | 2 |`),
      qa('Fill it with zeros.', `[${'0, '.repeat(80)}0]`),
      qa(
        'What is the news?',
        `Good morning. ${LOOP.repeat(2)}Nothing else is known about it yet, and nothing will be before then.`,
      ),
    ],
  },
  answer_copies_prompt: {
    planted: [
      qa('The train leaves at nine from platform four.', 'The train leaves at nine from platform four.'),
      qa('How do I renew my library card online?', 'How do I renew my library card online? '),
      qa('请介绍一下杭州西湖的历史和主要景点，谢谢你。', '请介绍一下杭州西湖的历史和主要景点，谢谢你。'),
    ],
    near: [
      qa('Hello', 'Hello'),
      qa('Repeat after me: the train leaves at nine.', 'The train leaves at nine.'),
      qa(
        'Correct the sentence: The train leaves at nine from platform four.',
        'The train leaves at nine from platform four.',
      ),
    ],
    also: ['edge_whitespace'],
  },
  answer_begins_with_prompt: {
    planted: [
      qa(
        'The three largest cities of the country are, in order of size,',
        'The three largest cities of the country are, in order of size, Porto Alto, Vila Nova and Santa Rita.',
      ),
      qa(
        'Give three tips for staying healthy in winter.',
        'Give three tips for staying healthy in winter. Eat well, sleep enough, and go outside.',
      ),
      qa(
        'Which of the planets has the largest moons of all?',
        'Which of the planets has the largest moons of all? Jupiter has.',
      ),
    ],
    near: [
      qa(
        'Complete the sentence: The three largest cities are',
        'The three largest cities are Porto Alto, Vila Nova and Santa Rita.',
      ),
      qa(
        'def area(width: float, height: float) -> float:',
        'def area(width: float, height: float) -> float:\n    return width * height',
      ),
      qa('What is rust?', 'What is rust? It is iron oxide.'),
    ],
  },
  role_prefix: {
    planted: [
      qa('Capital of Chile?', 'Assistant: Santiago'),
      qa('Capital of Chile?', '### Response:\nSantiago'),
      qa('智利的首都是哪里？', '助手：圣地亚哥'),
    ],
    near: [
      qa('Define "assistant".', 'Assistant: a person who helps another.'),
      qa('Capital of Chile?', 'Answer: Santiago'),
      qa('Write a short dialogue with an assistant.', 'Assistant: Good morning.\nGuest: Good morning.'),
    ],
  },
  continues_dialogue: {
    planted: [
      qa('Capital of Chile?', 'Santiago.\n\nHuman: And of Peru?\n\nAssistant: Lima.'),
      qa('Capital of Chile?', 'Santiago.\nUser: Thanks!'),
      qa('Name a fruit.', 'Apple\n\n### Instruction:\nName a vegetable.\n\n### Response:\nLeek'),
      qa('智利的首都是哪里？', '圣地亚哥。\n用户：那秘鲁呢？\n助手：利马。'),
    ],
    near: [
      qa('Write a dialogue between a user and a bot.', 'User: Hi.\nBot: Hello.\nUser: Bye.'),
      qa('What are the fields?', 'They are:\nUser name: how you log in\nE-mail: where we write to'),
      qa('Who may enter?', 'Two groups:\nUsers: those with a card\nGuests: those with an invitation'),
    ],
  },
  unbalanced_thought: {
    planted: [
      qa('What is 2+2?', '<think>Two and two make four.\n\nThe answer is 4.'),
      qa('What is 2+2?', 'Two and two make four.</think>\n4'),
      qa('What is 3+3?', '<think>Six.</think><think>Sure?\n6'),
    ],
    near: [
      qa('What is 2+2?', '<think>Two and two make four.</think>\n4'),
      qa('What does <think> mark?', 'The tag <think> marks where a thought begins.'),
      qa('What is 2+2?', '<think>\n\n</think>\n\n4'),
    ],
  },
};
