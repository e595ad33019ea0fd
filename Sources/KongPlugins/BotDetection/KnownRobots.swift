import KongCore

/// The User-Agents of robots: crawlers, monitors, feed readers and link checkers by what they call themselves.
enum KnownRobots {
    /// One expression per family; all are tried.
    static let all: [Regex2] = patterns.compactMap { try? Regex2(Array($0.utf8)) }

    private static let patterns = [
        // Whatever calls itself a bot, a crawler or a spider, followed by a version, a separator or the end.
        #"[A-Za-z0-9_.-]*(?:[Bb]ot|BOT|[Cc]rawler|[Ss]pider)(?:[/ ;),-]|$)"#,
        // Search engines.
        "Googlebot|Google-Read-Aloud|Google-Site-Verification|Mediapartners-Google|AdsBot-Google|APIs-Google|FeedFetcher-Google",
        #"Google.*/\+/web/snippet"#,
        "bingbot|BingPreview|msnbot|adidxbot",
        "Yahoo! ?Slurp|YahooSeeker|Yahoo Pipes|YahooCacheSystem",
        "Baiduspider|Sogou (?:web|inst|Pic|head|Orion|Test) ?[Ss]pider|360Spider|Yisouspider|Bytespider",
        "YandexBot|Yandex(?:Images|Media|Blogs|Direct|Metrika|News)",
        "DuckDuckBot|Applebot|SeznamBot|Exabot|Qwantify|PetalBot|Naverbot|Yeti/",
        "Ask Jeeves/Teoma|Teoma|Gigabot|Scooter|Charlotte/|ZyBorg|FAST-WebCrawler|Lycos_Spider",
        // Archives and researchers.
        "ia_archiver|archive.org_bot|heritrix|Nutch|CCBot|GPTBot|ClaudeBot|PerplexityBot|Amazonbot|Arachmo|larbin",
        "AhrefsBot|SemrushBot|MJ12bot|DotBot|rogerbot|BLEXBot|DataForSeoBot|Screaming Frog SEO Spider|SISTRIX",
        // Previews of social networks and messengers.
        "facebookexternalhit|Facebot|Twitterbot|LinkedInBot|Slackbot|TelegramBot|Discordbot|Pinterest(?:bot)?/|SkypeUriPreview",
        // Validators, link checkers and monitors.
        "W3C_Validator|W3C-checklink|W3C_CSS_Validator|W3C-mobileOK|Validator.nu/LV",
        "Xenu(?:'s)? Link Sleuth|LinkChecker|LinkWalker|linkdexbot|Checkbot",
        "Pingdom.com_bot_version_|NewRelicPinger|StatusCake|UptimeRobot|Site24x7|AlertSite|GoogleStackdriverMonitoring",
        // Feeds.
        "Feedfetcher|Feedly/|FeedBurner|NewsGator|Bloglines|Netvibes|Tiny Tiny RSS|UniversalFeedParser|PostRank",
        // Bulk downloaders.
        "HTTrack|WebCopier|WebZIP|Teleport Pro|Offline Explorer|SiteSucker|WebReaper|EmailSiphon|EmailWolf",
        "masscan/|zgrab/|Nikto/|sqlmap/|Nmap Scripting Engine|Expanse, a Palo Alto",
    ]
}
