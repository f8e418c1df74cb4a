"""What synthetic products are called, in English and Chinese."""

Word = tuple[str, str]

# Root category → its leaves; a product's noun is the singular of its leaf.
CATEGORIES: dict[Word, list[tuple[str, str, str]]] = {
    ("Furniture", "家具"): [
        ("Bookshelves", "Bookshelf", "书架"), ("Desks", "Desk", "书桌"), ("Dining Chairs", "Dining Chair", "餐椅"),
        ("Sofas", "Sofa", "沙发"), ("Stools", "Stool", "凳子"), ("Sideboards", "Sideboard", "餐边柜"), ("Bed Frames", "Bed Frame", "床架"),
        ("Coat Racks", "Coat Rack", "衣帽架"), ("Coffee Tables", "Coffee Table", "茶几"), ("Shoe Cabinets", "Shoe Cabinet", "鞋柜"),
    ],
    ("Kitchen and Dining", "厨房餐饮"): [
        ("Frying Pans", "Frying Pan", "平底锅"), ("Woks", "Wok", "炒锅"), ("Teapots", "Teapot", "茶壶"), ("Knives", "Knife", "菜刀"),
        ("Cutting Boards", "Cutting Board", "砧板"), ("Rice Cookers", "Rice Cooker", "电饭煲"), ("Mugs", "Mug", "马克杯"),
        ("Lunch Boxes", "Lunch Box", "便当盒"), ("Kettles", "Kettle", "水壶"), ("Serving Bowls", "Serving Bowl", "汤碗"),
    ],
    ("Lighting", "灯具"): [
        ("Desk Lamps", "Desk Lamp", "台灯"), ("Floor Lamps", "Floor Lamp", "落地灯"), ("Lanterns", "Lantern", "灯笼"),
        ("Pendant Lights", "Pendant Light", "吊灯"), ("Night Lights", "Night Light", "小夜灯"), ("String Lights", "String Light", "灯串"),
        ("Wall Lights", "Wall Light", "壁灯"), ("Torches", "Torch", "手电筒"), ("Ceiling Lights", "Ceiling Light", "吸顶灯"),
        ("Reading Lights", "Reading Light", "阅读灯"),
    ],
    ("Clothing", "服装"): [
        ("Sweaters", "Sweater", "毛衣"), ("Shirts", "Shirt", "衬衫"), ("Coats", "Coat", "大衣"), ("Dresses", "Dress", "连衣裙"),
        ("Trousers", "Trousers", "长裤"), ("Skirts", "Skirt", "半身裙"), ("Socks", "Socks", "袜子"), ("Scarves", "Scarf", "围巾"),
        ("Rain Jackets", "Rain Jacket", "雨衣"), ("Pyjamas", "Pyjamas", "睡衣"),
    ],
    ("Shoes and Bags", "鞋包"): [
        ("Running Shoes", "Running Shoe", "跑鞋"), ("Boots", "Boot", "靴子"),
        ("Sandals", "Sandal", "凉鞋"), ("Slippers", "Slipper", "拖鞋"),
        ("Backpacks", "Backpack", "双肩包"), ("Tote Bags", "Tote Bag", "托特包"), ("Wallets", "Wallet", "钱包"),
        ("Suitcases", "Suitcase", "行李箱"), ("Messenger Bags", "Messenger Bag", "邮差包"), ("Belts", "Belt", "皮带"),
    ],
    ("Electronics", "数码"): [
        ("Headphones", "Headphones", "耳机"), ("Speakers", "Speaker", "音箱"), ("Keyboards", "Keyboard", "键盘"), ("Mice", "Mouse", "鼠标"),
        ("Chargers", "Charger", "充电器"), ("Power Banks", "Power Bank", "充电宝"), ("Tablets", "Tablet", "平板电脑"),
        ("Cameras", "Camera", "相机"), ("Smart Watches", "Smart Watch", "智能手表"), ("Monitors", "Monitor", "显示器"),
    ],
    ("Sports and Outdoors", "运动户外"): [
        ("Tents", "Tent", "帐篷"), ("Sleeping Bags", "Sleeping Bag", "睡袋"), ("Yoga Mats", "Yoga Mat", "瑜伽垫"),
        ("Dumbbells", "Dumbbell", "哑铃"), ("Water Bottles", "Water Bottle", "运动水壶"),
        ("Badminton Rackets", "Badminton Racket", "羽毛球拍"),
        ("Bicycle Helmets", "Bicycle Helmet", "骑行头盔"), ("Hiking Poles", "Hiking Pole", "登山杖"), ("Footballs", "Football", "足球"),
        ("Camping Chairs", "Camping Chair", "露营椅"),
    ],
    ("Toys and Books", "玩具图书"): [
        ("Puzzles", "Puzzle", "拼图"), ("Building Blocks", "Building Block Set", "积木"), ("Board Games", "Board Game", "桌游"),
        ("Dolls", "Doll", "娃娃"), ("Kites", "Kite", "风筝"), ("Picture Books", "Picture Book", "绘本"), ("Novels", "Novel", "小说"),
        ("Cookbooks", "Cookbook", "菜谱"), ("Toy Trains", "Toy Train", "玩具火车"), ("Notebooks", "Notebook", "笔记本"),
    ],
    ("Beauty and Care", "美妆个护"): [
        ("Hand Creams", "Hand Cream", "护手霜"), ("Shampoos", "Shampoo", "洗发水"), ("Perfumes", "Perfume", "香水"),
        ("Lipsticks", "Lipstick", "口红"), ("Face Masks", "Face Mask", "面膜"), ("Soaps", "Soap", "香皂"), ("Combs", "Comb", "梳子"),
        ("Hair Dryers", "Hair Dryer", "吹风机"), ("Sunscreens", "Sunscreen", "防晒霜"), ("Toothbrushes", "Toothbrush", "牙刷"),
    ],
    ("Garden and Pets", "园艺宠物"): [
        ("Plant Pots", "Plant Pot", "花盆"), ("Watering Cans", "Watering Can", "洒水壶"), ("Garden Shears", "Garden Shears", "园艺剪"),
        ("Seeds", "Seed Box", "种子"), ("Bird Feeders", "Bird Feeder", "喂鸟器"), ("Cat Trees", "Cat Tree", "猫爬架"),
        ("Dog Leads", "Dog Lead", "牵引绳"), ("Pet Beds", "Pet Bed", "宠物窝"), ("Aquariums", "Aquarium", "鱼缸"),
        ("Garden Hoses", "Garden Hose", "浇水管"),
    ],
}  # fmt: skip
QUALITIES: list[Word] = [
    ("Compact", "紧凑型"), ("Folding", "折叠"), ("Handmade", "手工"), ("Lightweight", "轻量"), ("Classic", "经典"),
    ("Everyday", "日常"), ("Quiet", "静音"), ("Travel", "旅行"), ("Family", "家庭装"), ("Slim", "纤薄"),
    ("Sturdy", "耐用"), ("Winter", "冬季"), ("Studio", "工作室"), ("Heritage", "传统"), ("Portable", "便携"),
    ("Deluxe", "豪华"),
]  # fmt: skip
MATERIALS: list[Word] = [
    ("Oak", "橡木"), ("Bamboo", "竹制"), ("Walnut", "胡桃木"), ("Steel", "钢制"), ("Linen", "亚麻"), ("Cotton", "棉质"),
    ("Wool", "羊毛"), ("Ceramic", "陶瓷"), ("Glass", "玻璃"), ("Leather", "皮革"), ("Copper", "铜制"), ("Silk", "丝绸"),
    ("Cork", "软木"), ("Aluminium", "铝制"),
]  # fmt: skip
COLOURS: list[tuple[str, str, str]] = [
    ("Vermilion", "朱红", "#c8321f"), ("Jade", "翠绿", "#17694f"), ("Indigo", "靛蓝", "#2f3e8f"), ("Ivory", "象牙白", "#f4ecdc"),
    ("Charcoal", "炭黑", "#33302e"), ("Amber", "琥珀", "#d98a1f"),
]  # fmt: skip
BRANDS = [
    "Nordvik", "Haiyun", "Lumen & Pine", "Oriole", "Tanzhi", "Brightwater", "Kestrel", "Mosswood",
    "Shanhe", "Petrel", "Akira Works", "Calder",
    "Yuefang", "Fernhill", "Quill", "Redgate", "Songtao", "Verity", "Windmill", "Zhuyin",
]  # fmt: skip
SHOPS: list[Word] = [
    ("Willow Court", "柳苑"), ("Harbour Goods", "港湾好物"), ("Old Street", "老街"), ("Cloud Nine", "云九"), ("North Gate", "北门"),
    ("Seven Bridges", "七桥"), ("Plum Blossom", "梅花坊"), ("Stone Mill", "石磨"), ("Lakeside", "湖畔"), ("Red Lantern", "红灯笼"),
    ("Two Rivers", "双江"), ("Morning Market", "早市"), ("Paper Crane", "纸鹤"), ("Green Hill", "青山"), ("Silver Thread", "银线"),
    ("Blue Door", "蓝门"),
]  # fmt: skip
