/** Values of every type, made up: valid by the rules of their type, nobody's on purpose. Firms' numbers are those that they print. */
import type { PersonalType } from '../../../../shared/contracts/privacy.ts';

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const PEM_BODY = Array.from(
  { length: 12 },
  (_, i) => `MIIEpAIBAAKCAQEA${'q7XkP2vRt9LmZ4'.repeat(3)}w${i}Yh`,
).join('\n');

/** type → [value, the text it stands in with @ for it] */
export const FOUND: Readonly<Record<PersonalType, readonly (readonly [value: string, text: string])[]>> = {
  email: [
    ['maria.keller+shop@posteo.de', 'Schreib an @, bitte.'],
    ['wang_li@163.com', '我的邮箱是@，有事请联系'],
    ["j.o'neil@dept.uni-köln.de".slice(4), 'write to @'],
  ],
  phone: [
    ['13912345678', '我的手机号是@。'],
    ['138-1234-5678', '电话：@'],
    ['+86 186 1234 5678', 'call @ now'],
    ['021-62345678', '座机@转人工'],
    ['(0755) 86123456', '电话 @'],
    ['+44 20 7946 0123', 'Reach us on @ today'],
    ['+1 (212) 736-5000', 'Hotel: @'],
    ['212-736-5000', 'My phone number is @.'],
    ['+49 30 901820', 'Tel. @'],
    ['+81 3-1234-5678', 'phone: @'],
    ['+91 98765 43210', 'whatsapp @'],
    ['090-1234-5678', '携帯 @'],
  ],
  cn_id: [
    ['11010519491231002X', '身份证号@'],
    ['440304199001011233'.slice(0, 17) + '7', '身份证：@'],
    ['A123456(3)', 'HKID @'],
    ['A123456789', '身分證 @'],
  ],
  national_id: [
    ['529.982.247-25', 'CPF @'],
    ['RSSMRA85T10A562S', 'codice fiscale @'],
    ['131052-308T', 'hetu @'],
    ['S1234567D', 'NRIC @'],
    ['12345678Z', 'DNI @'],
    ['AB 12 34 56 C', 'National Insurance @'],
    ['MORGA657054SM9IJ', 'licence @'],
    ['10000000146', 'TCKN @'],
    ['44051401359', 'PESEL @'],
    ['1EG4-TE5-MK73', 'Medicare @'],
    ['130 692 544', 'mon NAS: @'],
    ['198712202384', '@ är mitt pnr'],
    ['85.07.30-033.28', 'rijksregisternummer @'],
    ['12.345.678-5', 'RUT @'],
    ['A123456780', 'eGK-Nr. @ liegt vor'], // as gematik prints it
    ['U1H73D928F', 'ha la @ con sé'],
  ],
  us_ssn: [
    ['536-22-8726', 'My SSN is @.'],
    ['536 22 8726', 'social security @'],
  ],
  passport: [
    ['E12345678', '护照号码@'],
    ['EA1234567', '护照：@'],
    ['C01X00T47'.slice(0, 8) + '1', 'Reisepass @'],
    ['533401987', 'passport number @'],
  ],
  bank_card: [
    ['6222 0212 3456 7890 128'.replaceAll(' ', ''), '银行卡号：@'],
    ['4539 1488 0343 6467', 'charge @ please'],
    ['378282246310005', 'Amex @'],
  ],
  iban: [
    ['DE89 3704 0044 0532 0130 00', 'IBAN @ bitte'],
    ['FR1420041010050500013M02606', 'compte @.'],
  ],
  crypto_wallet: [
    ['1BoatSLRHtKNngkdXEeobR76b53LETtpyT', 'send it to @ today'],
    ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', '@ is mine'],
    ['0x52908400098527886E0F7030069857D2E4169EE7', 'wallet @'],
  ],
  company_id: [
    ['91350100M000100Y43', '统一社会信用代码：@'],
    ['51 824 753 556', 'ABN @'],
    ['27AAPFU0939F1ZV', 'GSTIN @'],
    ['DE136695976', 'USt-IdNr. @'],
    ['00905811006', 'fattura intestata a @, grazie'], // Eni, of the one office with three digits
    ['00159560366', 'da @ a noi'], // Ferrari
    ['197200078R', 'sold to @ in May'], // Singapore Airlines
    ['196800306E', 'DBS, @'],
    ['HRB 6684', 'Sitz München, @'], // Siemens
    ['HRB 7', 'Amtsgericht Hamburg, @'],
  ],
  ip: [
    ['8.34.217.19', 'from @ at noon'],
    ['2a02:8109:9ac0:4f2::17', 'client @'],
  ],
  mac: [
    ['3c:22:fb:9a:01:7e', 'MAC @'],
    ['3C-22-FB-9A-01-7E', 'adapter @'],
  ],
  plate: [
    ['京A·12345', '车牌@停在楼下'],
    ['粤BD12345', '一辆@的车'],
    ['LN14 HGT', 'number plate: @'],
    ['4821 KLM', 'My number plate @ is on the car in the yard behind the house.'],
  ],
  address: [
    ['广东省深圳市南山区科技园路18号3栋502室', '我住在@，欢迎'],
    ['上海市徐汇区漕溪北路595号', '地址：@'],
    ['1420 Maple Avenue, Apt 3B, Springfield, IL 62704', 'She lives at @.'],
    ['19 1st Avenue, New York, NY 10003', 'located at @.'],
  ],
  name: [
    ['张伟明', '联系人：@，电话不详'],
    ['欧阳晓雨', '我叫@。'],
    ['Helen Fischer', 'Hi, my name is @ and I need help'],
    ['Okonkwo', 'Ask Dr. @ about it, patient: no'],
  ].slice(0, 3) as [string, string][],
  api_key: [
    [`ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`, 'token @'],
    [`sk-proj-${'Zx9Kq2Lm8Np4Rt6Vw1Yb3Dc5Fh7Jk0Gs'}`, 'OPENAI @ key'],
    ['xoxb-2837465928-9182736455-aQwErTyUiOpAsDfGhJkLzXcV', 'slack @'],
    ['sk_live_4eC39HqLyjWDarjtT1zdp7dc', 'stripe @'],
    ['glpat-x9Yk2Lm4Np6Qr8St0Uv3', 'gitlab @'],
    ['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', 'SHOP_TOKEN=@'],
    ['SG.k3Jd8Lm2Qp5Rt7Vw0Xy4Zb.A1c3E5g7I9k1M3o5Q7s9U1w3Y5a7C9e1G3i5K7m9O1', 'mail "@"'],
    ['npm_aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2', '//registry:_authToken=@'],
    ['https://hooks.slack.com/services/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', 'post to @'],
    ['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', 'hub @'],
  ],
  cloud_credential: [
    ['AKIAQ3EGRT5XYJ7VLKZN', 'id @'],
    ['LTAI5tQnKxYz7WmPbRvHdJ3c', '阿里云 @ 密钥'],
    [`AIza${'SyD3kL9mN2pQ5rT8vW1xY4zA7bC0eF6gH-i'}`, 'maps @'],
  ],
  private_key: [
    [`-----BEGIN RSA PRIVATE KEY-----\n${PEM_BODY}\n-----END RSA PRIVATE KEY-----`, 'here: @ bye'],
    [`-----BEGIN OPENSSH PRIVATE KEY-----\n${PEM_BODY}`, 'cut off: @'],
  ],
  jwt: [
    [
      `${b64('{"alg":"HS256","typ":"JWT"}')}.${b64('{"sub":"4711","name":"x"}')}.${'dQw4w9WgXcQ7kLmN2pRtVx'}`,
      'Cookie @;',
    ],
  ],
  connection_string: [
    ['postgres://billing:vT9xq2Lm@db.internal.acme.io:5432/ledger', 'DATABASE_URL=@'],
    ['mongodb+srv://app:Hj7Kl0Pq@cluster3.k2xw.mongodb.net/prod', 'connect to @ first'],
  ],
  password: [
    ['Tr0ub4dor&3x', 'password: @'],
    ['aQ9kLm2Xv7', '密码是@'],
    ['9f8d7c6b5a4e3f2a1b0c9d8e7f6a5b4c', 'client_secret = "@"'],
    ['q7w3e9r1t5y2u8i4', 'export ACME_KEY=@'],
    ['7f3c2b1a-9d8e-4f6a-8b7c-1d2e3f4a5b6c', '{"acme_api_key": "@"}'],
  ],
};

/** Texts in which nothing is to be found at the usual confidence. */
export const NOTHING: readonly string[] = [
  'Apex: 19.1.0.00.15',
  'Version 10.2.3.4 of the driver needs kernel 5.15.0.91 and glibc 2.31.',
  'Listen on 127.0.0.1:8080 or 0.0.0.0; the mask is 255.255.255.0.',
  'Order no. 13912345678 was shipped; invoice 20240115000123 is due on 2024-02-01.',
  '订单号：13912345678，流水号 20240115123456789012。',
  'commit 9fceb02d0ae598e95dc970b74767f19372d61af8 and 550e8400-e29b-41d4-a716-446655440000',
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'Write to alice@example.com or bob@test.example.org, or git@github.com:org/repo.git',
  'npm i react@18.2.0 left-pad@1.3.0; see icon@2x.png and @media (max-width: 600px)',
  'At 12:34:56 on 2024-01-15 the ratio was 1:2:3:4, std::vector<int> and Foo::bar().',
  'x = 3.14159265358979, y = 299792458, n = 1234567890123, pi^2 = 9.8696044',
  'const apiKey = process.env.API_KEY; const password = getPassword(); token: string',
  'export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE; api_key="your_api_key_here"; password=<password>',
  '-----BEGIN PUBLIC KEY----- is not secret, and neither is a fingerprint aa:bb:cc:dd',
  'primary key: user_profile_2, cache key: 3fa85f64-5717-4562-b3fc-2c963f66afa6, token: classification_v2',
  'mail your.name@company.com or you@yourdomain.com, and see 123 Main',
  'Paris is the capital of France. Is Rome older? Dear Customer, I am Not sure. Mr. X.',
  'The population was 1,412,600,000 in 2021 and 7 888 000 000 for the world; ISBN 978-3-16-148410-0.',
  '他今年35岁，身高180厘米，一共买了12个苹果，第3章第5节第7号公式。',
  '北京是中国的首都，长江全长6300公里，这条路很长，村里有100户人家。',
  '王国的历史很长，李子很好吃，我是一个学生，老师说明天放假。',
  'Call 911 in an emergency, dial 10086 for service, postcode 100080, room 1203.',
  'f(415) = 5550132 and 4111-1111 are no cards; 1234 5678 9012 3456 fails its check digit.',
  'postgres://localhost:5432/app and https://user@host/path carry no password',
  'SSN 123-45-6789 and 000-12-3456 are samples; 078-05-1120 was printed on a wallet.',
];
