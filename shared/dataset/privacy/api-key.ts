/** Keys and tokens of services, by the prefixes and lengths that their makers give them. */
import { entropy } from './check-digits.ts';
import { isPlaceholder } from './placeholder-value.ts';
import { alike, type Recogniser, type Rule } from './recogniser.ts';
import { LONG, SLASHES } from './triggers.ts';

/** maker, form of a whole token, least entropy of it where the form alone is not enough */
const TOKENS: readonly (readonly [maker: string, form: string, least?: number])[] = [
  [
    '1Password',
    'A3-[A-Z\\d]{6}-(?:[A-Z\\d]{11}|[A-Z\\d]{6}-[A-Z\\d]{5})-[A-Z\\d]{5}-[A-Z\\d]{5}-[A-Z\\d]{5}',
    3.4,
  ],
  ['1Password', 'ops_eyJ[A-Za-z\\d+/]{120,}={0,3}'],
  ['Adafruit, Adobe', '(?:aio_[A-Za-z\\d]{28}|p8e-[a-z\\d]{32})'],
  ['Airtable', 'pat[A-Za-z\\d]{14}\\.[a-f\\d]{64}'],
  ['Anthropic', 'sk-ant-(?:api|admin)\\d\\d-[\\w-]{80,120}(?<=AA)'],
  ['Anthropic', 'sk-ant-(?!admin)[\\w-]{24,120}', 3.5],
  ['Artifactory', '(?:AKCp[A-Za-z\\d]{69}|cmVmd[A-Za-z\\d]{59})', 3.5],
  ['Asana, Atlassian', '(?:ATATT3[\\w=-]{180,}|ATCTT3[\\w=-]{60,})'],
  [
    'Authress',
    '(?:sc|ext|scauth|authress)_[a-z\\d]{5,30}\\.[a-z\\d]{4,6}\\.acc[_-][a-z\\d-]{10,32}\\.[\\w+/=-]{30,120}',
  ],
  ['ClickHouse', '4b1d[A-Za-z\\d]{38}', 3],
  ['Clojars', 'CLOJARS_[a-z\\d]{60}'],
  ['Databricks', 'dapi[a-f\\d]{32}(?:-\\d)?', 3],
  ['DashScope, DeepSeek', 'sk-[a-f\\d]{32}', 3],
  ['Datadog', 'ddapp_[A-Za-z\\d]{34}|ddpat_[A-Za-z\\d]{34}'],
  ['Docker', 'dckr_(?:pat|oat)_[\\w-]{27,36}'],
  ['Doppler', 'dp\\.(?:pt|st|ct|sa|scim|audit)\\.(?:[a-z\\d_-]{2,35}\\.)?[A-Za-z\\d]{40,44}'],
  ['Dropbox', 'sl\\.[\\w=-]{130,152}'],
  ['Duffel', 'duffel_(?:test|live)_[\\w=-]{43}'],
  ['Dynatrace', 'dt0[a-z]\\d{2}\\.[A-Za-z\\d]{24}\\.[A-Za-z\\d]{64}'],
  ['EasyPost', 'EZ[AT]K[A-Za-z\\d]{54}', 3],
  ['Facebook', 'EAA[MC][A-Za-z\\d]{100,}'],
  ['Facebook', '\\d{15,16}\\|[\\w-]{27,40}', 3],
  ['Figma', 'figd_[\\w-]{40,}'],
  ['Fly.io', 'fo1_[\\w-]{43}|fm[12][ar]?_[A-Za-z\\d+/]{100,}={0,3}'],
  ['Flutterwave', 'FLW(?:PUBK|SECK)(?:_TEST)?-[a-h\\d]{32}-X|FLWSECK_TEST-[a-h\\d]{12}'],
  ['Frame.io', 'fio-u-[\\w=-]{64}'],
  ['GitHub', 'gh[opsur]_[A-Za-z\\d]{36,255}', 3],
  ['GitHub', 'github_pat_\\w{82}', 3],
  ['GitLab', 'gl(?:pat|ptt|rt|dt|soat|imt|ft|agent|cbt|oas|ffct)-[\\w.-]{20,320}', 3],
  ['GitLab', '_gitlab_session=[a-z\\d]{32}', 3],
  ['GitLab', 'GR1348941[\\w-]{20}', 3.2],
  [
    'Grafana',
    'glsa_[A-Za-z\\d]{32}_[A-Fa-f\\d]{8}|eyJrIjoi[A-Za-z\\d]{70,400}={0,3}|glc_[A-Za-z\\d+/]{32,400}={0,3}',
    3,
  ],
  ['Groq, xAI', 'gsk_[A-Za-z\\d]{52}|xai-[A-Za-z\\d]{80}'],
  ['Harness', '(?:pat|sat)\\.[A-Za-z\\d_-]{22}\\.[A-Za-z\\d]{24}\\.[A-Za-z\\d]{20}'],
  ['HashiCorp', '[A-Za-z\\d]{14}\\.atlasv1\\.[\\w=-]{60,70}', 3.5],
  ['HashiCorp Vault', 'hv[sbr]\\.[\\w-]{24,300}|s\\.(?=[A-Za-z]*\\d)[A-Za-z\\d]{24}', 3.4],
  ['Heroku', 'HRKU-AA[\\w-]{58}'],
  ['Hugging Face', '(?:hf_|api_org_)[A-Za-z]{34}', 3],
  ['Infracost, Intra42', 'ico-[A-Za-z\\d]{32}|s-s4t2(?:ud|af)-[a-f\\d]{64}', 3],
  ['Linear', 'lin_api_[A-Za-z\\d]{40}'],
  [
    'Lob, LaunchDarkly',
    '(?:live|test)_(?:pub_)?[a-f\\d]{35}|(?:sdk|mob|api)-[a-f\\d]{8}-[a-f\\d]{4}-4[a-f\\d]{3}-[a-f\\d]{4}-[a-f\\d]{12}',
  ],
  ['MaxMind', '[A-Za-z\\d]{6}_[A-Za-z\\d]{29}_mmk'],
  ['Mailchimp', '[a-f\\d]{32}-us\\d{1,2}', 3],
  ['Mailgun', '(?:key|pubkey)-[a-f\\d]{32}|[a-f\\d]{32}-[a-f\\d]{8}-[a-f\\d]{8}', 3],
  ['Mapbox', '[ps]k\\.eyJ[\\w-]{60,}\\.[\\w-]{22}'],
  ['New Relic', 'NRAK-[A-Z\\d]{27}|NRII-[\\w-]{32}|NRJS-[a-f\\d]{19}'],
  ['Notion', 'ntn_\\d{11}[A-Za-z\\d]{35}(?![A-Za-z\\d])|secret_[A-Za-z\\d]{43}', 3.5],
  ['npm, NuGet', 'npm_[A-Za-z\\d]{36}|oy2[a-z\\d]{43}', 3],
  ['Octopus, Okta', 'API-[A-Z\\d]{26}', 3],
  ['OpenAI', 'sk-(?:proj|svcacct|admin|None)-[\\w-]{20,}|sk-[A-Za-z\\d]{20}T3BlbkFJ[A-Za-z\\d]{20}', 3.2],
  ['OpenAI and those alike', 'sk-(?!ant-)(?:or-v1-|lf-)?[A-Za-z\\d-]{32,128}', 3.6],
  ['OpenShift', 'sha256~[\\w-]{43}', 3.5],
  ['Perplexity, Pinecone', 'pplx-[A-Za-z\\d]{48}|pcsk_[\\w]{60,80}'],
  ['Plaid', 'access-(?:sandbox|development|production)-[a-f\\d]{8}(?:-[a-f\\d]{4}){3}-[a-f\\d]{12}'],
  ['PlanetScale', 'pscale_(?:tkn|oauth|pw)_[\\w=.-]{32,64}'],
  ['Postman', 'PMAK-[a-f\\d]{24}-[a-f\\d]{34}'],
  ['Prefect, Pulumi', 'pn[ub]_[A-Za-z\\d]{36}|pul-[a-f\\d]{40}', 2.8],
  ['PyPI', 'pypi-AgEIcHlwaS5vcmc[\\w-]{50,}'],
  ['ReadMe', 'rdme_[a-z\\d]{70}', 3],
  ['Replicate', 'r8_[A-Za-z\\d]{37}', 3],
  ['RubyGems', 'rubygems_[a-f\\d]{48}'],
  ['Scalingo, Sonar', 'tk-us-[\\w-]{48}|sq[upa]_[a-z\\d]{40}', 3],
  [
    'SendGrid, Brevo',
    'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}|SG\\.[\\w=.-]{66}|xkeysib-[a-f\\d]{64}-[A-Za-z\\d]{16}',
    3,
  ],
  ['Sentry', 'sntr(?:ys|yu)_[\\w+/=-]{64,400}'],
  ['Settlemint', 'sm_(?:aat|pat|sat)_[A-Za-z\\d]{16}'],
  ['Shippo', 'shippo_(?:live|test)_[a-fA-F\\d]{40}'],
  ['Shopify', 'shp(?:at|ca|pa|ss)_[a-fA-F\\d]{32}'],
  [
    'Slack',
    'xox[bpeoasr]-(?:\\d-)?\\d{8,13}-[\\w-]{14,160}|xox[os]-\\d+-\\d+-\\d+-[a-fA-F\\d]+|xox[ar]-(?:\\d-)?(?=[A-Za-z]*\\d)[A-Za-z\\d]{8,48}|xoxe\\.xox[bp]-\\d-[A-Z\\d]{160,}|xapp-\\d-[A-Z\\d]+-\\d+-[a-z\\d]+',
    2.8,
  ],
  ['Sourcegraph', 'sgp_(?:[a-fA-F\\d]{16}_|local_)?[a-fA-F\\d]{40}', 3],
  ['Square', '(?:EAAA|sq0atp-|sq0csp-)[\\w+=-]{22,60}', 3.4],
  ['Stripe', '[sr]k_(?:test|live|prod)_[A-Za-z\\d]{10,99}|whsec_[A-Za-z\\d+/]{32,}={0,2}', 2.8],
  ['Supabase', 'sb[ps]_[a-f\\d]{40}|sb_secret_[\\w-]{30,}'],
  ['Telegram', '\\d{6,16}:A[A-Za-z\\d_-]{34}(?![\\w-])', 3.5],
  ['Twilio', '(?:SK|AC)[a-fA-F\\d]{32}', 3],
  ['Typeform', 'tfp_[\\w.=-]{59}'],
  ['Vercel, Netlify', 'vc[pkir]_[A-Za-z\\d]{24,56}|nf[pcuob]_[A-Za-z\\d]{36}', 3],
  ['Zhipu', '[a-f\\d]{32}\\.[A-Za-z\\d]{16}', 3.3],
];

/** Addresses that are the secret themselves. */
const HOOKS =
  /https?:\/\/(?:hooks\.slack(?:-gov)?\.com\/(?:services|workflows|triggers)\/[\w+/]{40,120}|(?:discord|discordapp)\.com\/api\/webhooks\/\d{17,20}\/[\w-]{60,80}|oapi\.dingtalk\.com\/robot\/send\?access_token=[a-f\d]{64}|qyapi\.weixin\.qq\.com\/cgi-bin\/webhook\/send\?key=[a-f\d-]{36}|open\.feishu\.cn\/open-apis\/bot\/v2\/hook\/[\w-]{30,40}|[\w.-]+\.webhook\.office\.com\/webhookb2\/[\w@/-]{80,200})/g;

const tokenRule = ([, form, least = 2.5]: (typeof TOKENS)[number]): Rule => ({
  needs: LONG,
  pattern: new RegExp(`(?<![\\w.-])(?:${form})(?![\\w])`, 'g'),
  confidence: 0.95,
  judge: (value) => !isPlaceholder(value) && entropy(value) >= least,
});

/** What says whose token it is. */
const FIXED =
  /^https?:\/\/[^/]+\/(?:[a-z-]+\/)*(?:services|workflows|triggers|webhooks|hook|webhookb2|send\?\w+=)\/?|^(?:[A-Za-z]{2,7}\d{0,2}[_.-])+|^[A-Za-z]{2,4}(?=\w)/;

const RULES: readonly Rule[] = [
  { needs: LONG, pattern: /(?<!\w)A{22}[\w%]{80,100}(?![\w%])/g, confidence: 0.95 }, // Twitter
  ...TOKENS.map(tokenRule),
  { needs: SLASHES, pattern: HOOKS, confidence: 0.95 },
];

export const apiKey: Recogniser = {
  type: 'api_key',
  rules: RULES,
  substitute: (value, draw) => alike(RULES, value, draw, FIXED.exec(value)?.[0].length ?? 0),
};
