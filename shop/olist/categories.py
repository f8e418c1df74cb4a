"""The data set's categories under roofs of ours, in English and Chinese. Keys are as the file spells them."""

from __future__ import annotations

from catalog.models import Category
from catalog.services.categories import create_category

PREFIX = "olist-"
ROOFS = {
    "home": ("House and home", "家居生活"),
    "furniture": ("Furniture", "家具"),
    "build": ("Building and garden", "建材园艺"),
    "fashion": ("Fashion", "服饰箱包"),
    "beauty": ("Beauty and care", "美妆个护"),
    "tech": ("Electronics", "数码电子"),
    "appliances": ("Appliances", "家用电器"),
    "culture": ("Books, music and art", "图书音像艺术"),
    "family": ("Children and pets", "母婴宠物"),
    "leisure": ("Sports and leisure", "运动休闲"),
    "food": ("Food and drinks", "食品饮料"),
    "trade": ("Trade and industry", "工商用品"),
}
CATEGORIES = {
    "beleza_saude": ("beauty", "Health and beauty", "美容健康"),
    "informatica_acessorios": ("tech", "Computer accessories", "电脑配件"),
    "automotivo": ("leisure", "Car accessories", "汽车用品"),
    "cama_mesa_banho": ("home", "Bed, bath and table linen", "床上卫浴餐桌布艺"),
    "moveis_decoracao": ("furniture", "Furniture and decoration", "家具装饰"),
    "esporte_lazer": ("leisure", "Sports goods", "运动用品"),
    "perfumaria": ("beauty", "Perfumery", "香水"),
    "utilidades_domesticas": ("home", "Housewares", "日用百货"),
    "telefonia": ("tech", "Telephones and accessories", "手机通讯"),
    "relogios_presentes": ("fashion", "Watches and gifts", "钟表礼品"),
    "alimentos_bebidas": ("food", "Groceries", "食品杂货"),
    "bebes": ("family", "Baby goods", "婴儿用品"),
    "papelaria": ("culture", "Stationery", "文具"),
    "tablets_impressao_imagem": ("tech", "Tablets and printing", "平板与打印"),
    "brinquedos": ("family", "Toys", "玩具"),
    "telefonia_fixa": ("tech", "Landline telephones", "固定电话"),
    "ferramentas_jardim": ("build", "Garden tools", "园艺工具"),
    "fashion_bolsas_e_acessorios": ("fashion", "Bags and accessories", "箱包配饰"),
    "eletroportateis": ("appliances", "Small appliances", "小家电"),
    "consoles_games": ("tech", "Consoles and games", "游戏机与游戏"),
    "audio": ("tech", "Audio", "音响设备"),
    "fashion_calcados": ("fashion", "Shoes", "鞋靴"),
    "cool_stuff": ("leisure", "Curiosities", "新奇好物"),
    "malas_acessorios": ("fashion", "Luggage", "旅行箱包"),
    "climatizacao": ("appliances", "Air conditioning", "空调通风"),
    "construcao_ferramentas_construcao": ("build", "Building tools", "建筑工具"),
    "moveis_cozinha_area_de_servico_jantar_e_jardim": ("furniture", "Kitchen, dining and garden furniture", "厨房餐厅与庭院家具"),
    "construcao_ferramentas_jardim": ("build", "Garden building tools", "庭院施工工具"),
    "fashion_roupa_masculina": ("fashion", "Men's clothing", "男装"),
    "pet_shop": ("family", "Pet supplies", "宠物用品"),
    "moveis_escritorio": ("furniture", "Office furniture", "办公家具"),
    "market_place": ("trade", "Marketplace goods", "综合商品"),
    "eletronicos": ("tech", "Electronic goods", "电子产品"),
    "eletrodomesticos": ("appliances", "Home appliances", "大家电"),
    "artigos_de_festas": ("leisure", "Party supplies", "派对用品"),
    "casa_conforto": ("home", "Home comfort", "舒适家居"),
    "construcao_ferramentas_ferramentas": ("build", "Hand and power tools", "五金工具"),
    "agro_industria_e_comercio": ("trade", "Farming and commerce", "农业与商贸"),
    "moveis_colchao_e_estofado": ("furniture", "Mattresses and upholstery", "床垫与软体家具"),
    "livros_tecnicos": ("culture", "Technical books", "专业图书"),
    "casa_construcao": ("build", "Home construction", "家装建材"),
    "instrumentos_musicais": ("culture", "Musical instruments", "乐器"),
    "moveis_sala": ("furniture", "Living room furniture", "客厅家具"),
    "construcao_ferramentas_iluminacao": ("build", "Lighting", "灯具照明"),
    "industria_comercio_e_negocios": ("trade", "Industry and business", "工业与商用"),
    "alimentos": ("food", "Food", "食品"),
    "artes": ("culture", "Art", "艺术品"),
    "moveis_quarto": ("furniture", "Bedroom furniture", "卧室家具"),
    "livros_interesse_geral": ("culture", "Books", "大众图书"),
    "construcao_ferramentas_seguranca": ("build", "Work safety", "劳保安全"),
    "fashion_underwear_e_moda_praia": ("fashion", "Underwear and beachwear", "内衣泳装"),
    "fashion_esporte": ("fashion", "Sportswear", "运动服饰"),
    "sinalizacao_e_seguranca": ("trade", "Signs and security", "标识与安防"),
    "pcs": ("tech", "Computers", "电脑整机"),
    "artigos_de_natal": ("leisure", "Christmas decorations", "圣诞用品"),
    "fashion_roupa_feminina": ("fashion", "Women's clothing", "女装"),
    "eletrodomesticos_2": ("appliances", "Further home appliances", "其他家电"),
    "livros_importados": ("culture", "Imported books", "进口图书"),
    "bebidas": ("food", "Drinks", "饮料酒水"),
    "cine_foto": ("tech", "Film and photography", "摄影摄像"),
    "la_cuisine": ("home", "Fine cookware", "精品厨具"),
    "musica": ("culture", "Music", "音乐"),
    "casa_conforto_2": ("home", "Further home comfort", "其他舒适家居"),
    "portateis_casa_forno_e_cafe": ("appliances", "Ovens and coffee makers", "烤箱与咖啡机"),
    "cds_dvds_musicais": ("culture", "Music CDs and DVDs", "音乐光盘"),
    "dvds_blu_ray": ("culture", "DVDs and Blu-rays", "影视光盘"),
    "flores": ("home", "Flowers", "鲜花"),
    "artes_e_artesanato": ("culture", "Arts and crafts", "手工艺"),
    "fraldas_higiene": ("beauty", "Nappies and hygiene", "纸尿裤与卫生用品"),
    "fashion_roupa_infanto_juvenil": ("fashion", "Children's clothing", "童装"),
    "seguros_e_servicos": ("trade", "Safety and services", "安全与服务"),
    "pc_gamer": ("tech", "Gaming computers", "游戏电脑"),
    "portateis_cozinha_e_preparadores_de_alimentos": ("appliances", "Kitchen machines", "厨房小家电"),
    "": ("trade", "Other goods", "其他商品"),
}


def slug_of(key: str) -> str:
    """The address of a category; what the file calls by a word we do not know is among the other goods."""
    return PREFIX + (key.replace("_", "-")[:50] if key and key in CATEGORIES else "other")


def plant() -> None:
    """Make the categories that do not exist yet."""
    known = {category.slug: category for category in Category.objects.filter(slug__startswith=PREFIX)}
    for roof, (name, name_zh) in ROOFS.items():
        slug = f"{PREFIX}roof-{roof}"
        if slug not in known:
            known[slug] = create_category(name=name, slug=slug, i18n={"zh-hans": {"name": name_zh}})
    for key, (roof, name, name_zh) in CATEGORIES.items():
        if slug_of(key) not in known:
            create_category(name=name, slug=slug_of(key), parent=known[f"{PREFIX}roof-{roof}"], i18n={"zh-hans": {"name": name_zh}})
