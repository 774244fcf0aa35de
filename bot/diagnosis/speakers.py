"""Who speaks in a text: a product that refuses something, a person, a developer, or another product.

Telling words say what a message of Business Central or Dataverse means; the same words in a chat, in the log
of a compiler or in the answer of a shop mean nothing for the synchronization. All but
``SPOKEN`` is looked for in lower case.
"""

from __future__ import annotations

import re
from typing import Final

_PERSON: Final = r"""
    \?(?:[\s.]|$)
    | ^(?!(?:error|warning|exception|message|details?|code|fault|reason|result|response|inner|status)\b)
      [a-z][a-z\d_./-]{2,20}(?:\[\d+\])?:\s
    | (?<![\w'-])
      (?:I(?!\ (?:stedet|felte[tn]|felterne|fältet|stället|tabell?en|denne|dette|den|det|et|en
        |tilfælde|vinduet|alle)\b)
      |I'm|I've|I'll|i'm|i've|i'll
      |(?i:my|me|thanks|thank\ you|hi|hello|hey|btw|fyi|anyone|somebody|let's))
      (?![\w'-])
"""
_COMPANY: Final = """
    we we're we've we'll our us he she they guys lunch christmas holiday holidays morning afternoon today
    tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday sunday ik wij jullie onze
    mijn graag morgen gisteren vandaag maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ich wir
    uns unser unsere unseren unserem unserer unseres mein meine meinen meinem meiner heute gestern montag
    dienstag mittwoch donnerstag freitag samstag sonntag jeg vores husk ferie nous notre nos merci midi
    aujourd'hui demain lundi vendredi nosotros nuestra nuestro nuestras nuestros hoy mañana ayer noi
    nostra nostro nostri nostre domani oggi ieri jag vår våra idag imorgon mötet minä meidän tänään
    huomenna
"""
_PROGRAM: Final = r"""
    (?<![\w'-])
    (?:propert(?:y|ies)|parameters?|arguments?|procedures?|identifiers?|symbols?|triggers?
    |controls?|extensions?|package\ with|app\ package|manifest|permission\ ?sets?|data\ ?items?
    |assembl(?:y(?!\ (?:order|header|line|item|list|bom|quote|document))|ies)
    |expressions?|signature|analyzer|data\ type|of\ type\ (?=')|source\ table|primary\ key
    |layouts?|captions?\ of|translations?|compil\w+|metadata|schema|objects?|class|module|namespace
    |xml|json|yaml|api|url|sql|odbc|script|plug-?in
    |array|variables?|annotations?|endpoint|thread|buffer|pointer|byte|cache|widget|page\ customization
    |field\ type
    |tooltip|appsource|preview|runtime|page\ view|files?|release\ notes|fixed|fix\ issue|troubleshooting
    |improved|added\ support)
    (?![\w-])
"""
_OTHER_PRODUCT: Final = r"""
    ^[a-z]+(?:_[a-z]+)+[:,]
    | (?<![\w-])
    (?:--[a-z]
    |(?:npm|pip|git|sudo|jira|zoom|kubectl|kubernetes|docker|postgres(?:ql)?|mysql|mariadb|mongodb|mongo\w+error|sqlite|redis|ora-\d+|sap
    |salesforce|shopify(?=:)|shopify\ api|magento|woocommerce|wordpress|gitlab|jenkins|nginx|smtp|imap|mqtt
    |sftp|aws|s3|workday|zoho|datev|visma|exact\ online|afas|mailchimp|teams(?=:)|excel(?=:)|terraform
    |java\.\w+|javax\.\w+|org\.(?:springframework|hibernate|apache)|npgsql|mysqlexception|ts\d{4}|event\ \d{4}
    |firebase|ldap|skype|kerberos|keycloak|cloudflare|supabase|heroku|vercel|netlify|fortigate|sophos|webex
    |cypress|mssqlserver|selenium|playwright|argocd|gitlab\ ci|let's\ encrypt|booking\.com
    |e-conomic|dinero|fortnox|tripletex|lexware|lexoffice|snelstart|twinfield|bol\.com|postnl|mobilepay|twilio|vpn
    |asana|looker|tableau|snowflake|bigquery|servicenow|confluence|trello|airtable|pipedrive|freshdesk
    |freshbooks|intercom|klaviyo|marketo|pardot|zapier|n8n|uipath|celonis|dropbox|bitbucket|shopware
    |prestashop|bigcommerce|lightspeed|peoplesoft|coupa|basware|klarna|adyen|mollie|worldpay|fedex|postnord
    |sendgrid|mailgun|okta|auth0|datadog|splunk|grafana|pagerduty|laravel|symfony|activerecord|haproxy|tomcat
    |certbot|vmware|citrix|veeam|hyper-v|netflix|spotify|whatsapp|azure\ devops
    |(?:google\ \w+|sharepoint|power\ bi|active\ directory|outlook|notion|monday\.com|square|sage(?:\ \w+)?
    |ifs|jde|oracle(?:\ \w+)?|ariba|dhl|ups|gls|dpd|rails|curl|wget|iis|chrome|firefox|github|amazon|make|vend
    )(?=:)
    |sugarcrm|acumatica|epicor|dynamics\ gp|infor\ ln|stripe|paypal
    |quickbooks|xero|netsuite|hubspot|odoo|zendesk
    |gradle|maven|webpack|eslint|kafka|elasticsearch|rabbitmq|django|psycopg\d|hibernate|ssh2?|sshd|pg_dump|traceback|nullpointerexception|localhost|127\.0\.0\.1
    |(?:type|reference|syntax|programming|value|key|attribute|import)error|(?:error|warning)\ [a-z]{2}\d{3,}
    |a[al]\d{4})
    (?![\w-]))
"""
_OPENING: Final = r"""
    ^\W*(?:specifies|specify\ (?:if|whether)|sets|returns|occurs\ when|choose|learn|see|note|tip
    |for\ (?:example|more)
    |(?:if|when|after|because|as|once|while|since)\ (?:you|users|customers|the)
    |this\ (?:article|topic|example|section|method|report|page|batch\ job|function|sample|procedure
    |step|means|also|feature|app)
    |in\ the\ (?:[\w.%&/-]+\ ){1,5}(?:card|field|column|box|window|page)
    |on\ the\ (?:[\w.%&/-]+\ ){1,5}(?:card|page|tab|fasttab|line)
    |wenn\ sie|als\ u|wanneer\ u|hvis\ du|når\ du|si\ vous|lorsque\ vous|om\ du|när\ du
    |gibt\ an|angiver|angir|anger|geeft\ aan|hiermee|spécifie|especifica|specifica|tilgreinir|määrittää
    |wählen\ sie\ (?:den|die|das)|vælg\ (?:den|det)|kies\ (?:de|het)|sélectionnez\ (?:le|la)
    |seleccione\ (?:el|la)|selezionare\ (?:il|la)|kiest\ u
    |use\ (?:this|the)|by\ default|additionally|you\ can(?!['’]|\ (?:only|not)\b))(?!\w)
"""
_MANUAL: Final = (
    _OPENING
    + r"""
    | ^\W*(?:all\ )?(?:customers|vendors|suppliers|visitors|guests|employees|users)\b
    | ^\W*(?:view|open|the\ following|(?:if|when|after|because|as|once|while|since)\ an?)(?!\w)
    | \b(?:for\ example|such\ as|fasttab|factbox|related\ link|(?:take|do|perform)\ the\ following
    |the\ following\ (?:table|steps|fields|pages|actions?|topics?|sections?)
    |in\ this\ (?:article|section|example)|is\ displayed|displays|choose\ the)\b
"""
)
_REFUSAL: Final = r"""
    ^\W*(?:you\ (?:cannot|can't|can’t|can\ not|can\ only|may\ only|may\ not)\ (?:change|delete|rename|modify
            |insert|correct|cancel|create|post|set|undo|assign|apply|unapply|reverse|release|reopen|ship|invoice
            |copy|select|specify|handle|reserve|define|combine|add|remove|disable|enable|edit|calculate|close
            |convert|merge|block|activate|use|import|exclude|perform|update|move|split|mark|delegate|reject)
        |you\ (?:must|need\ to)\ (?:first\ |also\ )?(?:select|specify|enter|fill|assign|define|set|create
            |choose|run|post|release|reopen|provide|indicate|apply|reverse|delete|update|change|close|register|activate)
    |du\ (?:kan\ ikke|kan\ kun|skal|må\ ikke|kan\ inte)|der\ skal|u\ moet|sie\ müssen
    |vous\ (?:ne\ pouvez|devez)
    |no\ (?:se\ )?puede|debe|non\ è\ possibile)\b
    | [\w.)] \ ?=\ ?'[^'\n]{0,100}'(?:,|\.?\s*$)
"""
_CAPTION: Final = r"""
    ^\W*[A-Z][\w&/()%-]*\.?(?:\ (?:\(?[A-Z][\w&/()%-]*\.?|of|to|and|for|in)){1,5}
    \ (?:must|cannot|can't|can\ not|should)\ (?!display|find|open)
"""


SPOKEN: Final = re.compile(_PERSON, re.VERBOSE)
"""A question, or somebody who speaks of himself; in the text as written, since "i" is no "I" in Danish."""
TALKED: Final = re.compile(rf"(?<![\w'-])(?:{'|'.join(_COMPANY.split())})(?![\w'-])")
"""Somebody who speaks of others or of his day: no words of a refusal."""
BUILT: Final = re.compile(_PROGRAM, re.VERBOSE)
"""Words of those who build programs: what they forbid is no refusal of a record."""
FOREIGN: Final = re.compile(_OTHER_PRODUCT, re.VERBOSE)
"""Marks of other products, of compilers and of a developer's own machine."""
EXPLAINED: Final = re.compile(_OPENING, re.VERBOSE)
"""The beginning of a sentence of a manual: whatever stands in it, nothing is refused."""
INSTRUCTED: Final = re.compile(_MANUAL, re.VERBOSE)
"""A manual or a caption that explains: it speaks of what may be refused, and refuses nothing."""
REFUSED: Final = re.compile(_REFUSAL, re.VERBOSE)
"""How Business Central begins when it refuses, and how it writes the key of a record: ``No.='10000'``."""
CAPTIONED: Final = re.compile(_CAPTION, re.VERBOSE)
"""A caption as the subject, each word of it with a capital letter; in the text as written."""
SENT: Final = re.compile(
    r"^(?!(?:Error|Warning|Message|Details?|Fehler|Fout|Fejl|Erreur|Errore|Fel|Feil|Reason|Result|Response|Status|Field"
    r"|Value|Record|Table|Page|Code[Uu]nit|Report|Object|Job|Failed|Meldung|Melding|Oorzaak|Grund|Text)\b"
    r"|\w*(?:Exception|Error|Fault|Failure)\b)"
    r"((?!(?:SQL|HTTP|BC|NAV|CRM|CDS|API|ERP|HATA)\b)[A-Z]{2,8}|[A-Z][a-z][A-Za-z]{2,19}): \S"
)
"""Something that says its name first, as other products do (``Mollie: the amount ...``)."""
NAMED: Final = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,6}-?\d{2,}|\d{4,}(?:-[A-Z]+)?)(?![\w:])"
    r"|[ '(][A-Z][a-z]+\.? (?:[a-z]+ )?[A-Z][a-z]"
    r"|^\W*[A-Z][\w&/()%-]*\.? [A-Z][\w&/()%-]*\.? (?:must|cannot|should)\b"
    r"|\b(?:[Ll][ea]|[Ee]l|[Ll][oa]s|[Ii]l) [A-ZÀ-Ý][a-zà-ÿ]"
)
"""The key of a record (``C00110``, ``1896-S``) or a caption within a sentence; in the text as written."""
QUOTED: Final = re.compile(r"'[^'\n]{1,80}'|\"[^\"\n]{1,80}\"")
"""What is quoted, a name most often."""
