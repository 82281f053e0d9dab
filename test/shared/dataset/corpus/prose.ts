/** What is wrong with how a text was written, escaped or copied. */
import { bot, chat, pair, qa, system, text, user, type Cases } from './case.ts';

export const PROSE: Readonly<Record<string, Cases>> = {
  escaped_newlines: {
    planted: [
      qa('List three fruits.', '1. Apples\\n2. Pears\\n3. Plums'),
      qa(
        'Write to the landlord.',
        'Dear Mr Hall,\\n\\nThe heating has failed again.\\n\\nKind regards,\\nAda',
      ),
      qa('介绍一下西湖。', '西湖位于杭州。\\n\\n它有十景，其中断桥残雪最有名。'),
      qa('Read the passage.\\n\\nQuestion: who left first?', 'The gardener left first.'),
    ],
    near: [
      qa('Which character starts a new line in C?', 'The escape sequence "\\n" does.'),
      qa('Where is the file?', 'It is in C:\\new\\notes.txt on the old laptop.'),
      qa('Write the gradient.', 'It is written \\nabla f, and \\nu is the frequency.'),
      qa('Print two lines in Python.', 'print("one\\ntwo")'),
      qa('Which regex matches blank lines?', 'Use `^\\n` with the multiline flag.'),
      qa('List two fruits.', 'Apples\nPears'),
    ],
  },
  html_entities: {
    planted: [
      qa('Which shop is it?', 'It is Marks &amp; Spencer on the corner.'),
      qa('What did she say?', 'She said &quot;never again&quot; and left.'),
      qa('How warm is it?', 'It is 21&nbsp;degrees in the shade.'),
      qa('Who&#39;s there?', 'It is the neighbour.'),
    ],
    near: [
      qa('How do I write an ampersand in HTML?', 'Write &amp; in the source.'),
      qa('Which shop is it?', 'It is Marks & Spencer on the corner.'),
      qa('Escape this for XML: a < b', 'a &lt; b'),
      qa('What is R&D;?', 'Research and development; R&D for short.'),
      qa('Show a non-breaking space.', 'In markup it is `&nbsp;`.'),
      qa('Compare: profit & loss; assets & debts', 'Both pairs belong to accounting.'),
    ],
  },
  html_tags: {
    planted: [
      qa('How do I reset it?', 'Hold the button for ten seconds.<br>Then let it go.'),
      qa('What is the warranty?', '<p>The warranty lasts two years.</p>'),
      qa('Who founded it?', 'It was founded by <b>Ida Berg</b> in 1902.'),
    ],
    near: [
      qa('How do I make text bold in HTML?', 'Wrap it: <b>bold</b>.'),
      qa('Is 3<b and b>2 possible?', 'Yes: b may be 4.'),
      qa('Write a web page that says hi.', '<html><body><p>Hi</p></body></html>'),
      qa('Explain generics.', 'A List<T> holds items of one type, such as List<String>.'),
      qa('What does <br> do as a tag?', 'It breaks the line.<br>Like so.'),
    ],
  },
  placeholder: {
    planted: [
      qa('Who are you?', 'I am {{name}}, your assistant.'),
      qa('Write to {{ customer.first_name }}.', 'Thank you for your order.'),
      qa('When is the meeting?', 'The meeting is on [INSERT DATE] at noon.'),
      qa('Log in for me.', 'Use the key <YOUR_API_KEY> in the header.'),
      text('欢迎来到{{公司}}，很高兴认识你。'),
    ],
    near: [
      qa('Which set has two elements?', 'The set {{1, 2}, {3, 4}} does.'),
      qa('Print braces in an f-string.', 'Double them: f"{{{x}}}" prints {1}.'),
      qa('How do I loop in Jinja?', 'Write {% for x in xs %}{{ x }}{% endfor %}.'),
      qa('Bind a variable in Vue.', 'Write {{ message }} in the template.'),
      qa('What does [insert] do on the keyboard?', 'It toggles overwriting.'),
      qa('Solve for a list in Python.', 'a[insert_at:insert_at] = [x]'),
    ],
  },
  fill_in_blank: {
    planted: [
      qa(
        'Write a letter to my bank.',
        'Dear Sir or Madam,\n\nPlease close my account.\n\nYours faithfully,\n[Your Name]',
      ),
      qa('Write a thank-you note.', 'Dear [Recipient’s Name], thank you for the lovely evening.'),
      qa('帮我写一封辞职信。', '尊敬的经理：\n\n我决定辞职。\n\n此致\n敬礼\n[你的姓名]'),
    ],
    near: [
      qa('Give me a template of a letter.', 'Dear [Recipient Name],\n\n…\n\n[Your Name]'),
      qa('What does x[date] do in pandas?', 'It selects the column named date.'),
      qa('Link the page.', 'See [date](https://example.org/date).'),
      qa(
        'Write a letter to my bank.',
        'Dear Sir or Madam,\n\nPlease close my account.\n\nYours faithfully,\nEva Lind',
      ),
    ],
  },
  unfinished_text: {
    planted: [
      qa('Describe the product.', 'TBD'),
      qa('Explain the third step.', 'TODO: ask the engineers.'),
      qa('Write an introduction.', 'Lorem ipsum dolor sit amet, consectetur adipiscing elit.'),
      qa('介绍公司的历史。', '待补充'),
      qa('Summarise chapter four.', 'To be added.'),
    ],
    near: [
      qa('What does TBD mean?', 'It is short for "to be determined".'),
      qa('Write a to-do list.', 'TODO: buy milk\nTODO: call Sam'),
      qa('Translate "todo" from Spanish.', 'Todo means everything.'),
      qa('Give me placeholder text.', 'Lorem ipsum dolor sit amet, consectetur adipiscing elit.'),
      qa('Mark the open task in code.', '```\n// TODO: close the file\n```'),
    ],
  },
  copied_markers: {
    planted: [
      qa('When was it built?', 'It was built in 1889【4†source】 for a fair.'),
      qa('Show me a loop.', 'python\nCopy code\nfor x in xs: print(x)'),
      qa('Who leads it?', 'Maria Olsen leads it. :contentReference[oaicite:2]{index=2}'),
      qa('How tall is it?', 'It is 330 m tall. citeturn0search3'),
    ],
    near: [
      qa('When was it built?', 'It was built in 1889 [1] for a fair [2].'),
      qa('How do I copy code?', 'Press the button named "Copy code" beside the block.'),
      qa('这句话出自哪里？', '出自【论语】第一篇。'),
      qa('Cite the paper.', 'Berg (2019), page 4†.'),
    ],
  },
  special_tokens: {
    planted: [
      qa('Hello<|im_end|><|im_start|>assistant Hi', 'Good day to you.'),
      qa('Tell me a story.', 'Once upon a time [/INST] there was a fox.'),
      qa('Who are you?', 'I am a helper. <end_of_turn> <start_of_turn>user And you?'),
      chat(system('You are kind. <|eot_id|> Be brief.'), user('Hi.'), bot('Hello.')),
      qa('Explain it.', 'First, <｜User｜> asks; then the model answers.'),
    ],
    near: [
      qa('What does <|> mean in Haskell?', 'It is the operator of Alternative: p <|> q.'),
      qa('Strike this out in HTML.', '<s>old price</s> <p>new price</p>'),
      qa('Fill in: Paris is the [MASK] of France.', 'capital'),
      qa('What is a[i] in C?', 'The element of a at index i.'),
      qa('Pipe a list in F#.', 'xs |> List.map f, or f <| x.'),
    ],
    also: [],
  },
  end_token_at_edge: {
    planted: [
      qa('Capital of Chile?', 'Santiago</s>'),
      qa('Capital of Chile?', 'Santiago<|im_end|>'),
      qa('<s>Capital of Chile?', 'Santiago'),
      text('A quiet day by the lake.<|endoftext|>'),
      qa('Capital of Chile?', 'Santiago <|eot_id|>\n'),
    ],
    near: [
      qa('Close the tag.', 'The closing tag of a list is </ul>'),
      qa('What ends a strike-through in HTML?', 'The tag that closes it, written with a slash.'),
      qa('Capital of Chile?', 'Santiago'),
    ],
    also: ['edge_whitespace'],
  },
  rendered_template: {
    planted: [
      text('<s>[INST] What is the capital of Chile? [/INST] Santiago.'),
      text('### Instruction:\nName a fruit.\n\n### Response:\nApple'),
      text('<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>'),
      text('Human: What is the capital of Chile?\n\nAssistant: Santiago.'),
    ],
    near: [
      text('The instruction book had a chapter on each response of the machine.'),
      text('Human: the word comes from Latin humanus.'),
      text('table: 1-10\ncolumns: name, age\nQ: Who is oldest?\nA: SELECT name FROM t ORDER BY age DESC'),
      qa('Name a fruit.', 'Apple'),
    ],
    also: ['end_token_at_edge'],
  },
  template_in_prompt: {
    planted: [
      qa('### Instruction:\nName a fruit.\n\n### Response:', 'Apple'),
      qa('Below is an instruction that describes a task. Write a response.\n\nName a fruit.', 'Apple'),
      qa('Question: who wrote it?\nAnswer:', 'Ida Berg wrote it.'),
    ],
    near: [
      qa('Name a fruit, and answer: why that one?', 'Apple, since it keeps well.'),
      qa('Explain the heading "### Instruction" in Markdown.', 'It is a heading of the third level.'),
      qa('What is an assistant?', 'Somebody who helps.'),
    ],
  },
  media_token: {
    planted: [
      qa('<image>\nWhat is the cat doing?', 'It sleeps on the sofa.'),
      qa('Picture 1: <image> Describe it.', 'A red barn in a field.'),
      qa('<audio>\nWhat is said?', 'The train is late.'),
      qa('What do <|image_1|> and the text have in common?', 'Both are about bread.'),
    ],
    near: [
      qa('Which element shows a picture in RSS?', '<image><url>logo.png</url></image>'),
      qa('Is there an <audio> element?', 'Yes, it plays sound on a page.'),
      qa('Describe an image that you like.', 'A red barn in a field.'),
      qa('Add the logo.', '![logo](https://example.org/logo.png)'),
    ],
    also: ['special_tokens'],
  },
  url_only: {
    planted: [
      qa('https://example.org/articles/2021/bridges', 'The article is about bridges.'),
      qa('Where can I read more?', 'https://example.org/docs/start'),
      qa('www.example.org/a www.example.org/b', 'Two pages about birds.'),
    ],
    near: [
      qa('Summarise https://example.org/a: "Birds fly south."', 'Birds fly south.'),
      qa('Where can I read more?', 'In the manual at https://example.org/docs, chapter two.'),
      pair('Where can I read more?', 'In the manual, chapter two.', 'https://example.org'),
    ],
  },
  encoded_blob: {
    planted: [
      qa(
        'What is attached?',
        `A picture: ${Buffer.from('The quick brown fox. '.repeat(12)).toString('base64')}`,
      ),
      qa(`Decode ${'4a6f686e20446f65'.repeat(16)}`, 'It is a name, many times.'),
      text(
        `key ${Buffer.from(Uint8Array.from({ length: 240 }, (_, i) => (i * 97 + 13) % 256)).toString('base64')}`,
      ),
    ],
    near: [
      qa('Give the sequence.', `The gene begins with ${'ATGGCATTC'.repeat(30)}.`),
      qa('Draw a line.', `${'='.repeat(240)}`),
      qa('Which link?', `See https://example.org/p?token=${'a1B2c3D4'.repeat(30)} for details.`),
      qa('Encode "hi" in base64.', 'aGk='),
    ],
  },
};
