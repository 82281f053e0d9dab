/** Names of people, where the words around say that one stands there. A name by itself is not looked for. */
import type { Recogniser } from './recogniser.ts';
import { CALLED, NAME } from './triggers.ts';

/** The commonest surnames: nine in ten people of China have one of them. */
const SURNAMES =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文葛施洪季鲁凌柳岑倪';
const COMPOUND = '欧阳|上官|司马|诸葛|夏侯|皇甫|东方|尉迟|公孙|慕容|令狐|司徒|宇文|长孙';
const SURNAME = `(?:${COMPOUND}|[${SURNAMES}])`;
/** what may follow a surname without being a given name */
const NOT_GIVEN =
  /^.{1,2}?(?:先生|女士|小姐|同学|老师|医生|经理|总|工|师傅|阿姨|叔叔|教授|主任|的|是|在|和|了|吗|呢|吧|啊|们|家|店|府|州|市|河|山|江|海|路|年|月|日|生日|某)|一个|什么|怎么|不知|没有/;
/** particles after a name of two ideographs, which a third would be */
const PARTICLE =
  /[，。！？、；：的是在和与及于已有说从对向把被将因为给来到今昨也都曾就很会想要能可又还由,.;:!?\s（(]$/;

const chinese = (value: string): boolean => !NOT_GIVEN.test(value);

/** A given name of one or two ideographs: two, unless the second is a particle. */
const within = ({ 0: text, 1: value = '', index }: RegExpExecArray): readonly [number, number] => {
  const start = index + text.length - value.length;
  return [start, start + value.length - (value.length > 2 && PARTICLE.test(value) ? 1 : 0)];
};

const han = (before: string, confidence: number) => ({
  needs: CALLED,
  pattern: new RegExp(`(?:${before})(${SURNAME}[\\u4e00-\\u9fff]{1,2}(?:·[\\u4e00-\\u9fff]{1,6})?)`, 'g'),
  confidence,
  within,
  judge: chinese,
});

const CAPITAL = `[A-Z](?:[a-z]+|'[A-Z][a-z]+|c[A-Z][a-z]+)(?:-[A-Z][a-z]+)?`;
const FULL = `(${CAPITAL}(?: [A-Z]\\.)?(?: ${CAPITAL}){0,2})`;
const NOBODY =
  /^(?:Sir|Madam|Customer|User|Team|All|Friend|Everyone|Colleague|Hiring|Valued|Editor|Student|Teacher|Doctor|Mr|Mrs|Ms|God|Lord|Santa|Diary|Readers?|Members?|Parents?|Sirs|The|An?|Assistant|Not|Just|Sorry|Here|Your|This|Is|It|True|False|None|Null|String|John Doe|Jane Doe|Model|Claude|Siri|Alexa|Cortana|Chat|Open|Bard|Gemini|Llama|Qwen|Deep)\b/;

const english = (before: string, confidence: number) => ({
  needs: NAME,
  pattern: new RegExp(`(?:${before})${FULL}(?![a-z])`, 'g'),
  confidence,
  judge: (value: string) => !NOBODY.test(value),
});

export const name: Recogniser = {
  type: 'name',
  rules: [
    han(
      '(?:姓名|联系人|收件人|收货人|寄件人|申请人|被告人?|原告|持卡人|开户人|户主|法定代表人|法人|负责人|经办人|患者|病人|当事人|借款人|投保人|被保险人)\\s*(?:[:：是为叫]|是：|为：)?\\s*[“"「]?',
      0.65,
    ),
    han(
      '(?<![\\u4e00-\\u9fff]{2})(?:我|本人|他|她|名字|我的名字|我们?老师)(?:叫做?|名叫|的名字是|姓名是|是叫)\\s*[“"「]?',
      0.6,
    ),
    han('(?:我叫|名叫|名字叫|名字是|叫做|本人)\\s*[“"「]?', 0.6),
    {
      needs: CALLED,
      pattern: new RegExp(
        `(?:(?<![\\u4e00-\\u9fff])|(?<=[和与跟找向对由请让被给是叫问见及、]))${SURNAME}[\\u4e00-\\u9fff]{0,2}?(?=先生|女士|小姐|同学|老师|医生|大夫|律师|经理|师傅|阿姨|教授|主任)`,
        'g',
      ),
      confidence: 0.4,
    },
    english(`\\b[Mm]y (?:full )?name is |\\b[Nn]ame's |\\bcall me `, 0.65),
    english(
      `\\b(?:[Ff]ull |[Ff]irst |[Ll]ast |[Cc]ustomer |[Pp]atient |[Ee]mployee |[Cc]ontact )?[Nn]ame: ?"?|\\b(?:Patient|[Aa]ttn|[Cc]ontact [Pp]erson|[Ss]igned|[Cc]ardholder): `,
      0.6,
    ),
    english('\\b(?:Mr|Mrs|Ms|Mx|Dr|Prof)\\.? ', 0.45),
    english(`\\b(?:Sincerely|Best regards|Kind regards|Yours truly|Regards),?\\s{1,3}`, 0.55),
    english(`\\b(?:Dear|Hi|Hello|I am|I'm) `, 0.25),
  ],
  substitute(value, draw) {
    if (/^[\u4e00-\u9fff]/.test(value)) {
      const given = Array.from({ length: Math.max(1, Math.min(2, value.length - 1)) }, () =>
        draw.pick([...'安宁晨晓雨文佳思嘉子欣然一鸣远航静怡雪松']),
      );
      return draw.pick(Array.from(SURNAMES.slice(0, 40))) + (value.length === 1 ? '' : given.join(''));
    }
    const first = draw.pick('Alex Robin Sam Jamie Casey Morgan Taylor Jordan Riley Avery'.split(' '));
    const last = draw.pick(
      'Ashby Birch Calder Dunmore Ellery Fenwick Garrow Holloway Ingham Kestrel'.split(' '),
    );
    return value.includes(' ') ? `${first} ${last}` : draw.below(2) === 0 ? first : last;
  },
};
