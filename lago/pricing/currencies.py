"""The 142 currencies that are accepted, and how many decimals their amounts have (02 §1.4)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Currency:
    """A currency: amounts are rounded to `exponent` decimals and counted in units of 1/`subunit` ("cents")."""

    code: str
    exponent: int = 2
    subunit: int = 100


ORDINARY = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF
    CLF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK
    HTG HUF IDR ILS INR IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD
    MMK MNT MOP MRO MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
    RWF SAR SBD SCR SEK SGD SHP SLL SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST
    XAF XCD XOF XPF YER ZAR ZMW
""".split()

WITHOUT_DECIMALS = "BIF CLP DJF GNF HUF ISK JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split()

UNUSUAL = (
    *(Currency(code, 0, 1) for code in WITHOUT_DECIMALS),
    *(Currency(code, 3, 1000) for code in "BHD JOD KWD".split()),
    Currency("CLF", 4, 10000),
    Currency("MRO", 1, 5),
)

CURRENCIES: dict[str, Currency] = {code: Currency(code) for code in ORDINARY} | {known.code: known for known in UNUSUAL}
